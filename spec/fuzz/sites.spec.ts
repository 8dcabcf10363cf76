import fc from 'fast-check';
import { VirtualTimeScheduler, of } from 'rxjs';
import { readSitesFile, resolveSites } from '../../config/resolve-sites.ts';
import type { Site } from '../../config/config.ts';
import type { ParseOptions, SiteFault } from '../../config/sites.ts';
import { parseSites } from '../config/parse-sites.ts';
import type { SitesEvent } from '../../streams/events.ts';
import { sitesFile$ } from '../../streams/sites-file.ts';
import { checkCommand } from '../../streams/probe-script.ts';
import { TemporaryFolder } from '../config/temporary-folder.ts';
import { advance } from '../simulated-engine/virtual-time.ts';
import { anyBytes, anyText, textOf } from './arbitraries.ts';
import { fuzz } from './fuzz.ts';

const FILE: ParseOptions = { where: 'line', defaultTimeoutSeconds: 10 };
const INLINE: ParseOptions = { where: 'entry', defaultTimeoutSeconds: 10 };

const WORDS = [
  'https://', 'http://', 'HTTP://', 'a.example', 'ünï.example', '[::1]', '1.1.1.1', '0x7f.1', 'localhost', ':443', ':99999',
  '/', '/päth', '?q=1', '#x', ' # note', '|', '|timeout=5', '|timeout=0', '|timeout=1e9', '|role=advisory', '|role=critical',
  '|gateway=us', '|gateway=-', 'user:secret@', '-', '--spider', '%2d', '%zz', '\\', ' ', '\t', '\n', '\r\n', '\r', ',', 'ftp://',
  'javascript:', 'file:///etc/passwd', '\ufeff', '\u00ad', '\u3002', '。', '"', "'", '\\"', '“', '\\n', '${X}', ',http://b.example',
]; // prettier-ignore
const anySites = fc.oneof(
  { weight: 5, arbitrary: textOf(WORDS, 40) },
  { weight: 1, arbitrary: anyText },
  { weight: 1, arbitrary: anyBytes.map((bytes) => Buffer.from(bytes).toString()) },
);

/** Safe as an argument of `wget` and in a log line. */
function expectUsable({ url, name, timeoutSeconds, role, gateway }: Site): void {
  const { protocol, host, href, username, password } = new URL(url);
  expect(href).toBe(url);
  expect(protocol).toMatch(/^https?:$/);
  expect(host).not.toBe('');
  expect([username, password]).toEqual(['', '']);
  expect(url).toMatch(/^https?:\/\/[!-~]+$/);
  expect(name).not.toMatch(/^-|[\s\p{Cc}\p{Cf}\p{Cs}"'`“”\\]/u);
  expect(new URL(url).hostname).toMatch(/^([a-z0-9._-]+|\[[0-9a-f:.]+\])$/);
  expect(new URL(name).href.replace(/#.*/, '')).toBe(url);
  expect(Number.isInteger(timeoutSeconds) && timeoutSeconds >= 1 && timeoutSeconds <= 600).toBe(true);
  expect(['critical', 'advisory']).toContain(role);
  expect(gateway ?? 'any').toMatch(/^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/);
}

function expectTold({ where, text, reason }: SiteFault): void {
  expect(where).toMatch(/^((line|entry) [1-9]\d*|CONFIG_FILE|SITES)$/);
  expect(text).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]|secret/u);
  expect(reason).toMatch(/^[^\p{Cc}]+$/u);
}

describe('the sites', () => {
  it('are usable, whatever the text, and each invalid line is reported by its number', () => {
    fuzz(fc.tuple(anySites, fc.constantFrom(FILE, INLINE)), 3_000, ([text, options]) => {
      const { sites, faults } = parseSites(text, options);
      sites.forEach(expectUsable);
      faults.forEach(expectTold);
      const places = faults.map(({ where }) => Number(where.split(' ')[1] ?? 0)); // 0: all of it is too long
      const pieces = text.split(options === FILE ? /\r\n|\r|\n/ : /[,\s\u0085]|\\[nrt]/);
      expect(places.filter((place) => place > pieces.length)).toEqual([]);
      expect(new Set(places).size).toBe(places.length);
    });
  });

  it('are read or reported line by line, and no line affects another', () => {
    const good = fc.nat(5).map((number) => `https://s${number}.example/`);
    const bad = fc.constantFrom(
      'ftp://x',
      '-e',
      'https://',
      'https://u:secret@h',
      'https://a b',
      'x',
      'https://h|role=boss',
      '\u001b[2J',
    );
    const unsaid = fc.constantFrom('', '   ', '# note', ' # https://c.example');
    const line = fc.oneof(good, bad, unsaid);
    fuzz(
      fc.tuple(fc.array(line, { maxLength: 12 }), fc.constantFrom('\n', '\r\n', '\r')),
      2_000,
      ([lines, end]) => {
        const { sites, faults } = parseSites(lines.join(end), FILE);
        const isGood = (one: string): boolean => /^https:\/\/s\d/.test(one);
        expect(sites.map(({ url }) => url)).toEqual([...new Set(lines.filter(isGood))]);
        expect(faults.map(({ where }) => where)).toEqual(
          lines.flatMap((one, index) => (isGood(one) || /^\s*(#|$)/.test(one) ? [] : `line ${index + 1}`)),
        );
      },
    );
  });

  it('are the same after they are written down and read again', () => {
    fuzz(anySites, 2_000, (text) => {
      const { sites } = parseSites(text, FILE);
      const written = sites.map(({ url, timeoutSeconds, role, gateway }) =>
        [
          url.replaceAll('|', '%7C'),
          `timeout=${timeoutSeconds}`,
          `role=${role}`,
          ...(gateway === undefined ? [] : [`gateway=${gateway}`]),
        ].join('|'),
      );
      const again = parseSites(written.join('\n'), FILE);
      expect(again.faults).toEqual([]);
      expect(again.sites.map((site) => ({ ...site, name: '' }))).toEqual(
        sites.map((site) => ({ ...site, name: '' })),
      );
    });
  });

  it('are never passed as options, nor as more arguments than there are sites', () => {
    fuzz(anySites, 1_000, (text) => {
      const { sites } = parseSites(text, FILE);
      const { cmd } = checkCommand(sites);
      expect(cmd).toHaveLength(4 + 2 * sites.length);
      expect(cmd.slice(4).filter((argument) => argument.startsWith('-') || argument.includes('\0'))).toEqual(
        [],
      );
    });
  });
});

describe('the sites of the file and of SITES', () => {
  it('cover each gateway, or there is a reason', () => {
    const gateways = fc.constantFrom(['gluetun'], ['us', 'nl']);
    const file = fc.oneof(
      anySites,
      fc.constant(undefined),
      anyText.map((unreadable) => ({ unreadable })),
    );
    fuzz(
      fc.tuple(file, fc.oneof(fc.constant(''), anySites), gateways),
      2_000,
      ([fileText, inline, names]) => {
        const resolved = resolveSites({ fileText, inline, defaultTimeoutSeconds: 10, gateways: names });
        const sites = resolved.ok ? resolved.sites : [];
        sites.forEach(expectUsable);
        const watched = names.filter((name) =>
          sites.some((site) => site.role === 'critical' && (site.gateway ?? name) === name),
        );
        expect(watched).toEqual(resolved.ok ? names : []);
        expect(resolved.ok || resolved.reason !== '').toBe(true);
      },
    );
  });
});

describe('the sites file', () => {
  const folder = new TemporaryFolder();

  it('leads to one event, whatever its bytes: the sites, or that there are none', () => {
    const path = folder.file('sites.conf', 'https://a.example');
    const source = {
      path,
      initialText: 'https://a.example',
      inlineSites: '',
      timeoutSeconds: 10,
      gateways: ['gluetun'],
      read: (name: string) => of(readSitesFile(name)),
    };
    const content = fc.oneof(
      anySites.map((text) => Buffer.from(text)),
      anyBytes,
      fc.constant(Buffer.alloc(70_000, '#')),
    );
    fuzz(content, 200, (bytes) => {
      const scheduler = new VirtualTimeScheduler();
      const events: SitesEvent[] = [];
      const subscription = sitesFile$(source, scheduler).subscribe((event) => events.push(event));
      folder.file('sites.conf', bytes);
      advance(scheduler, 25_000);
      subscription.unsubscribe();
      const isSame = Buffer.from(bytes).toString() === source.initialText;
      expect(events.map(({ type }) => type.replace(/Changed|Unusable/, ''))).toEqual(isSame ? [] : ['sites']);
      events.forEach((event) => (event.type === 'sitesChanged' ? event.sites : []).forEach(expectUsable));
    });
  });
});
