import fc from 'fast-check';
import type { Site } from '../../config/config.ts';
import { parseSites } from './parse-sites.ts';
import type { ParseOptions } from '../../config/sites.ts';

const file: ParseOptions = { where: 'line', defaultTimeoutSeconds: 10 };
const inline: ParseOptions = { where: 'entry', defaultTimeoutSeconds: 10 };

function site(url: string, rest: Partial<Site> = {}): Site {
  return {
    name: url.replace(/\/$/, ''),
    url,
    timeoutSeconds: 10,
    role: 'critical',
    gateway: undefined,
    ...rest,
  };
}

describe('a sites file', () => {
  const a = site('https://a.example/');
  const b = site('http://b.example/');

  it.each([
    { given: 'https://a.example', then: [a] },
    { given: 'https://a.example\nhttp://b.example\n', then: [a, b] },
    { given: 'https://a.example\r\n\r\nhttp://b.example\r\n', then: [a, b] },
    { given: '\uFEFFhttps://a.example', then: [a] },
    { given: '\uFEFF# comment\nhttps://a.example', then: [a] },
    { given: '#https://x.example\n  # more\n\t https://a.example \t', then: [a] },
    { given: 'https://a.example # why', then: [a] },
    { given: 'https://a.example\t#why', then: [a] },
    { given: 'HTTPS://A.example:443', then: [{ ...a, name: 'HTTPS://A.example:443' }] },
    { given: 'https://a.example/#part', then: [{ ...a, name: 'https://a.example/#part' }] },
    { given: 'https://1.1.1.1', then: [site('https://1.1.1.1/')] },
    { given: 'https://[2606:4700::1111]:8443/x', then: [site('https://[2606:4700::1111]:8443/x')] },
    {
      given: 'https://bücher.example',
      then: [site('https://xn--bcher-kva.example/', { name: 'https://bücher.example' })],
    },
    { given: 'https://a.example|timeout=25', then: [{ ...a, timeoutSeconds: 25 }] },
    {
      given: 'https://a.example | role=advisory | timeout=600 # slow',
      then: [{ ...a, timeoutSeconds: 600, role: 'advisory' }],
    },
    { given: 'https://a.example|role=critical', then: [a] },
    { given: 'https://a.example|gateway=gluetun-us', then: [{ ...a, gateway: 'gluetun-us' }] },
    { given: 'https://a.example|gateway=/us|timeout=5', then: [{ ...a, gateway: 'us', timeoutSeconds: 5 }] },
    { given: 'https://a.example|fails=403', then: [{ ...a, fails: ['403'] }] },
    {
      given: 'https://a.example | fails=5XX, 429,403,429 |timeout=25',
      then: [{ ...a, timeoutSeconds: 25, fails: ['403', '429', '5xx'] }],
    },
    {
      given: 'https://a.example|fails=403,5xx\nhttps://a.example|fails=5xx,403',
      then: [{ ...a, fails: ['403', '5xx'] }],
    },
    { given: 'https://a.example/?x=1,2', then: [site('https://a.example/?x=1,2')] },
    { given: 'https://a.example/@me', then: [site('https://a.example/@me')] },
    { given: '', then: [] },
    { given: '# nothing\n\n', then: [] },
  ])('$given', ({ given, then }) => {
    expect(parseSites(given, file)).toEqual({ sites: then, faults: [] });
  });

  it.each([
    { given: 'ftp://a.example', reason: 'is no http:// or https:// URL with a host' },
    { given: 'a.example', reason: 'is no http:// or https:// URL with a host' },
    { given: 'https://', reason: 'is no http:// or https:// URL with a host' },
    { given: 'https:///path', reason: 'is no http:// or https:// URL with a host' },
    { given: 'https:a.example', reason: 'is no http:// or https:// URL with a host' },
    { given: 'https:\\\\a.example', reason: 'is no http:// or https:// URL with a host' },
    { given: '|timeout=5', reason: 'is no http:// or https:// URL with a host' },
    { given: 'https://a.example:99999', reason: 'is no valid URL' },
    { given: 'https://256.1.1.1', reason: 'is no valid URL' },
    { given: '-O/tmp/x', reason: 'starts with "-"' },
    { given: '--post-file=/etc/passwd', reason: 'starts with "-"' },
    { given: 'https://a.example https://b.example', reason: 'has whitespace' },
    { given: 'https://a.exa\u0000mple', reason: 'has whitespace, a control character' },
    { given: 'https://a.exa\u00admple', reason: 'has whitespace, a control character' },
    { given: 'https://a.exa\u001b[31mmple', reason: 'has whitespace, a control character' },
    { given: 'https://a.example/\uFFFD', reason: 'or a broken one inside' },
    { given: 'https://a.example|', reason: 'has an unknown tunable ""' },
    { given: 'https://a.example|gatway=x', reason: 'has an unknown tunable "gatway"' },
    { given: 'https://a.example|gateway', reason: 'gateway= takes the name of one gateway' },
    { given: 'https://a.example|gateway=', reason: 'gateway= takes' },
    { given: 'https://a.example|gateway=-x', reason: 'gateway= takes' },
    { given: 'https://a.example|gateway=a,b', reason: 'gateway= takes' },
    { given: 'https://a.example|gateway=a/b', reason: 'gateway= takes' },
    { given: 'https://a.example|gateway=a|gateway=b', reason: 'repeats gateway=' },
    { given: 'https://a.example|timeout', reason: 'timeout= takes' },
    { given: 'https://a.example|timeout=', reason: 'timeout= takes' },
    { given: 'https://a.example|timeout=0', reason: 'timeout= takes' },
    { given: 'https://a.example|timeout=601', reason: 'timeout= takes' },
    { given: 'https://a.example|timeout=5s', reason: 'timeout= takes' },
    { given: 'https://a.example|timeout=1.5', reason: 'timeout= takes' },
    { given: 'https://a.example|role=Advisory', reason: 'role= takes critical or advisory' },
    { given: 'https://a.example|timeout=5|timeout=5', reason: 'repeats timeout=' },
    { given: 'https://a.example|fails=', reason: 'fails= takes HTTP statuses such as 403,429,5xx' },
    { given: 'https://a.example|fails=40', reason: 'fails= takes' },
    { given: 'https://a.example|fails=600', reason: 'fails= takes' },
    { given: 'https://a.example|fails=4x3', reason: 'fails= takes' },
    { given: 'https://a.example|fails=403,,429', reason: 'fails= takes' },
    { given: 'https://a.example|fails=403 429', reason: 'fails= takes' },
    { given: 'https://a.example|fails=403|fails=429', reason: 'repeats fails=' },
    { given: 'https://a.example|__proto__=1', reason: 'has an unknown tunable "__proto__"' },
  ])('refuses $given with its line number', ({ given, reason }) => {
    const { sites, faults } = parseSites(`# head\n${given}\nhttps://good.example`, file);
    expect(faults).toEqual([
      {
        where: 'line 2',
        text: expect.any(String) as unknown,
        reason: expect.stringContaining(reason) as unknown,
      },
    ]);
    expect(sites).toEqual([site('https://good.example/')]);
  });

  it.each([
    'https://user:sesame@a.example',
    'https://sesame@a.example',
    'https://:sesame@a.example|timeout=5',
    'https://user:sesame@a.example|timeout=x',
    'https://user:x/sesame@a.example',
    'https:/user:sesame@a.example',
    'ftp://user:sesame@a.example',
  ])('refuses %s and does not echo the password', (given) => {
    const { sites, faults } = parseSites(given, file);
    expect(sites).toEqual([]);
    expect(faults).toHaveLength(1);
    expect(JSON.stringify(faults)).not.toContain('sesame');
  });

  it('takes a URL that is there twice once, whichever way it is written', () => {
    const { sites, faults } = parseSites('https://a.example\nHTTPS://a.example/\nhttps://a.example/#x', file);
    expect(sites).toEqual([a]);
    expect(faults).toEqual([]);
  });

  it('refuses a URL that is there twice with different tunables, and keeps the first', () => {
    const { sites, faults } = parseSites('https://a.example\nhttps://a.example|timeout=5', file);
    expect(sites).toEqual([a]);
    expect(faults).toEqual([
      {
        where: 'line 2',
        text: 'https://a.example|timeout=5',
        reason: 'is the same URL as line 1, with other tunables',
      },
    ]);
  });

  const us = site(a.url, { gateway: 'us' });
  const nl = site(a.url, { gateway: 'nl' });
  const line = 'https://a.example';
  it.each([
    { given: [`${line}|gateway=us`, `${line}|gateway=nl`], then: [us, nl], faults: [] },
    {
      given: [`${line}|gateway=us`, 'http://b.example', `${line}|gateway=nl`],
      then: [us, b, nl],
      faults: [],
    },
    { given: [`${line}|gateway=us`, `${line}/|gateway=us`], then: [us], faults: [] },
    { given: [`${line}|gateway=us`, `${line}|gateway=us|timeout=5`], then: [us], faults: ['line 2'] },
    { given: [line, `${line}|gateway=us`], then: [a], faults: ['line 2'] },
    { given: [`${line}|gateway=us`, line], then: [us], faults: ['line 2'] },
    { given: [`${line}|gateway=us`, `${line}|gateway=nl`, line], then: [us, nl], faults: ['line 3'] },
  ])('gives no gateway a URL twice: $given', ({ given, then, faults }) => {
    const parsed = parseSites(given.join('\n'), file);
    expect(parsed.sites).toEqual(then);
    expect(parsed.faults.map(({ where }) => where)).toEqual(faults);
  });

  it('refuses more than 64 KiB as a whole, counted in bytes', () => {
    const text = `https://a.example\n#${'é'.repeat(32 * 1024)}`;
    expect(parseSites(text, file)).toEqual({
      sites: [],
      faults: [{ where: 'CONFIG_FILE', text: '', reason: 'is longer than 64 KiB' }],
    });
    expect(parseSites(text.slice(0, 32_000), file).sites).toEqual([a]);
  });

  it('shows a long line shortened', () => {
    const [fault] = parseSites(`x${'y'.repeat(1000)}`, file).faults;
    expect(fault?.text.length).toBeLessThan(300);
  });
});

describe('SITES', () => {
  it('is separated by commas, or line breaks, with the same tunables', () => {
    expect(parseSites(' https://a.example|timeout=5, ,http://b.example\nhttps://c.example,', inline)).toEqual(
      {
        sites: [
          site('https://a.example/', { timeoutSeconds: 5 }),
          site('http://b.example/'),
          site('https://c.example/'),
        ],
        faults: [],
      },
    );
  });

  it('is not split at the commas of fails=', () => {
    const { sites, faults } = parseSites(
      'https://a.example|fails=403,429,5xx,http://b.example|fails=404|timeout=5 , https://c.example|fails=1xx,\n',
      inline,
    );
    expect(faults).toEqual([]);
    expect(sites.map(({ url, fails }) => [url, fails])).toEqual([
      ['https://a.example/', ['403', '429', '5xx']],
      ['http://b.example/', ['404']],
      ['https://c.example/', ['1xx']],
    ]);
  });

  it('names the entry that is wrong', () => {
    const { faults } = parseSites('https://a.example,nonsense', inline);
    expect(faults).toMatchObject([{ where: 'entry 2', text: 'nonsense' }]);
  });

  it('does not echo half a password that holds a comma', () => {
    const { faults } = parseSites('https://user:open,sesame@a.example', inline);
    expect(faults).toHaveLength(2);
    expect(JSON.stringify(faults)).not.toMatch(/open|sesame/);
  });
});

describe('whatever the text', () => {
  const parts = fc.constantFrom(
    ...[
      'https://',
      'http://',
      'a.example',
      '@',
      ':',
      '|',
      'timeout=',
      '5',
      'role=advisory',
      'gateway=us',
      'gateway=nl',
      '#',
      ' ',
      '\n',
      '\r',
    ],
    ...['-', '/', ',', '\\', '?', '[', ']', '%', '\uFEFF', '\u0000'],
  );
  const texts = fc.oneof(
    fc.array(parts, { maxLength: 60 }).map((all) => all.join('')),
    fc.string({ unit: 'binary', maxLength: 400 }),
  );

  it('never throws, and gives only what wget may be given', () => {
    fc.assert(
      fc.property(texts, fc.constantFrom(file, inline), (text, options) => {
        const { sites } = parseSites(text, options);
        for (const { url, name, timeoutSeconds } of sites) {
          expect(url).toMatch(/^https?:\/\/[^/\s@]+\/[^\s#]*$/);
          expect(new URL(url).href).toBe(url);
          expect(name).not.toMatch(/[\s\p{Cc}]/u);
          expect(timeoutSeconds).toBeGreaterThan(0);
        }
        for (const gateway of ['us', 'nl']) {
          const urls = sites
            .filter((one) => [undefined, gateway].includes(one.gateway))
            .map(({ url }) => url);
          expect(new Set(urls).size).toBe(urls.length);
        }
      }),
      { numRuns: 3000 },
    );
  });

  it('takes every ordinary URL, each once', () => {
    fc.assert(
      fc.property(fc.array(fc.webUrl({ withQueryParameters: true, withFragments: true })), (all) => {
        const urls = all.map((url) => url.replaceAll("'", '%27').replace(/,+$/, ''));
        const { sites, faults } = parseSites(urls.join('\n'), file);
        const wanted = new Set(urls.map((url) => new URL(url).href.replace(/#.*/, '')));
        expect(faults).toEqual([]);
        expect(sites.map(({ url }) => url)).toEqual([...wanted]);
      }),
    );
  });

  it('takes a comment for one up to the end of its line, whatever is in it', () => {
    expect(parseSites('# a\u2028b\nhttps://a.example # \u2029', file)).toMatchObject({
      sites: [{ url: 'https://a.example/' }],
      faults: [],
    });
  });

  it('takes the largest and nastiest text in its stride', () => {
    for (const text of [
      '@'.repeat(65_536),
      ' #'.repeat(32_768),
      `https://a:${'9'.repeat(65_000)}`,
      '|'.repeat(65_536),
    ])
      expect(parseSites(text, file).sites).toEqual([]);
  });
});
