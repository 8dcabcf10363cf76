import { mkdirSync } from 'node:fs';
import { readSitesFile, resolveSites } from '../../config/resolve-sites.ts';
import type { SitesFileText } from '../../config/resolve-sites.ts';
import { TemporaryFolder } from './temporary-folder.ts';

function resolve(fileText: SitesFileText, inline = '', gateways: readonly string[] = ['gluetun']) {
  return resolveSites({ inline, fileText, defaultTimeoutSeconds: 10, gateways });
}

function urlsOf(result: ReturnType<typeof resolve>): string[] | string {
  return result.ok ? result.sites.map(({ url }) => url) : result.reason;
}

describe('resolveSites', () => {
  it('uses the built-in sites if there is neither a file nor SITES', () => {
    expect(resolve(undefined)).toMatchObject({ ok: true, faults: [], usedDefaults: true });
    expect(urlsOf(resolve(undefined))).toEqual([
      'https://www.google.com/',
      'https://cloudflare.com/',
      'https://1.1.1.1/',
    ]);
  });

  const folder = { unreadable: 'is a folder' };
  const usable: { file: SitesFileText; inline: string; then: string[]; faults: string[] }[] = [
    { file: undefined, inline: 'https://a.example', then: ['https://a.example/'], faults: [] },
    { file: 'https://a.example', inline: '', then: ['https://a.example/'], faults: [] },
    {
      file: 'https://a.example',
      inline: 'https://b.example',
      then: ['https://a.example/', 'https://b.example/'],
      faults: [],
    },
    { file: 'https://a.example', inline: 'https://a.example/', then: ['https://a.example/'], faults: [] },
    {
      file: 'https://a.example',
      inline: 'https://a.example|timeout=5',
      then: ['https://a.example/'],
      faults: ['entry 1'],
    },
    { file: '', inline: 'https://a.example', then: ['https://a.example/'], faults: [] },
    { file: folder, inline: 'https://a.example', then: ['https://a.example/'], faults: ['CONFIG_FILE'] },
    { file: 'nonsense', inline: 'https://a.example', then: ['https://a.example/'], faults: ['line 1'] },
    { file: 'https://a.example', inline: 'nonsense', then: ['https://a.example/'], faults: ['entry 1'] },
    {
      file: 'x'.repeat(65_537),
      inline: 'https://a.example',
      then: ['https://a.example/'],
      faults: ['CONFIG_FILE'],
    },
  ];
  it.each(usable)('gets $then from the file $file and SITES $inline', ({ file, inline, then, faults }) => {
    const result = resolve(file, inline);
    expect(urlsOf(result)).toEqual(then);
    expect(result.faults.map(({ where }) => where)).toEqual(faults);
    expect(result).toMatchObject({ usedDefaults: false });
  });

  const unusable: { file: SitesFileText; inline: string; reason: string }[] = [
    { file: '', inline: '', reason: 'no usable site' },
    { file: '# all commented out\n', inline: '', reason: 'no usable site' },
    { file: 'nonsense', inline: '', reason: 'no usable site' },
    { file: undefined, inline: ',', reason: 'no usable site' },
    { file: undefined, inline: 'nonsense', reason: 'no usable site' },
    { file: folder, inline: '', reason: 'CONFIG_FILE is a folder' },
    { file: folder, inline: 'nonsense', reason: 'CONFIG_FILE is a folder' },
    { file: 'https://a.example|role=advisory', inline: '', reason: 'every site is advisory' },
  ];
  it.each(unusable)(
    'is unusable with the file $file and SITES $inline: $reason',
    ({ file, inline, reason }) => {
      expect(resolve(file, inline)).toMatchObject({
        ok: false,
        reason: expect.stringContaining(reason) as unknown,
      });
    },
  );

  describe('with several gateways', () => {
    const a = 'https://a.example/';
    const b = 'https://b.example/';
    const of = (url: string, gateway?: string) => ({ url, gateway });
    const split: { file: string; then: { url: string; gateway: string | undefined }[]; faults: string[] }[] =
      [
        { file: a, then: [of(a)], faults: [] },
        { file: `${a}|gateway=us\n${b}|gateway=nl`, then: [of(a, 'us'), of(b, 'nl')], faults: [] },
        { file: `${a}|gateway=us\n${a}|gateway=nl`, then: [of(a, 'us'), of(a, 'nl')], faults: [] },
        { file: `${a}|gateway=/us\n${b}`, then: [of(a, 'us'), of(b)], faults: [] },
        { file: `${a}|gateway=us|role=advisory\n${b}`, then: [of(a, 'us'), of(b)], faults: [] },
        { file: `${a}|gateway=de\n${a}`, then: [of(a)], faults: ['line 1'] },
        { file: `${a}|gateway=US\n${b}`, then: [of(a, 'us'), of(b)], faults: [] },
      ];
    it.each(split)('gets $then from the file $file', ({ file, then, faults }) => {
      const result = resolve(file, '', ['us', 'nl']);
      expect(result).toMatchObject({ ok: true, sites: then });
      expect(result.faults.map(({ where }) => where)).toEqual(faults);
    });

    it('gives the built-in sites to each gateway', () => {
      expect(resolve(undefined, '', ['us', 'nl'])).toMatchObject({ ok: true, usedDefaults: true });
    });

    it('names the unwatched gateway of a site, and the watched ones', () => {
      expect(resolve(a, `${b}|gateway=de`, ['us', 'nl']).faults).toEqual([
        {
          where: 'entry 1',
          text: `${b}|gateway=de`,
          reason: 'gateway=de is none of GLUETUN_CONTAINER (us, nl)',
        },
      ]);
    });

    const lacking: { file: string; reason: string }[] = [
      { file: `${a}|gateway=us`, reason: 'no usable critical site for gateway nl' },
      { file: `${a}|gateway=us\n${b}|role=advisory`, reason: 'no usable critical site for gateway nl' },
      { file: `${a}|gateway=us\n${b}|gateway=nl|role=advisory`, reason: 'for gateway nl' },
      { file: `${a}|gateway=de`, reason: 'no usable site in CONFIG_FILE or SITES' },
      { file: `${a}|role=advisory`, reason: 'every site is advisory' },
    ];
    it.each(lacking)('is unusable with the file $file: $reason', ({ file, reason }) => {
      expect(resolve(file, '', ['us', 'nl'])).toMatchObject({
        ok: false,
        reason: expect.stringContaining(reason) as unknown,
      });
    });

    it('names every gateway without a site', () => {
      expect(resolve(`${a}|gateway=us`, '', ['nl', 'us', 'de'])).toMatchObject({
        reason:
          'no usable critical site for gateway nl, de: it needs one with gateway= and its name, or one without gateway=',
      });
    });
  });

  it('gives a site its own timeout, or else the default', () => {
    const result = resolve('https://a.example\nhttps://b.example|timeout=25');
    expect(result).toMatchObject({ sites: [{ timeoutSeconds: 10 }, { timeoutSeconds: 25 }] });
  });
});

describe('readSitesFile', () => {
  const folder = new TemporaryFolder();

  it('returns the text', () => {
    expect(readSitesFile(folder.file('sites.conf', 'https://a.example\n'))).toBe('https://a.example\n');
  });

  it('distinguishes a missing file from an unreadable one', () => {
    expect(readSitesFile(folder.at('sites.conf'))).toBeUndefined();
    expect(readSitesFile(folder.file('a', '') + '/sites.conf')).toBeUndefined();
    mkdirSync(folder.at('sites.conf'));
    expect(readSitesFile(folder.at('sites.conf'))).toEqual({ unreadable: 'is a folder' });
    expect(readSitesFile('/dev/zero')).toEqual({ unreadable: 'is not a regular file' });
    expect(readSitesFile('a\u0000b')).toEqual({ unreadable: 'cannot be read (ERR_INVALID_ARG_VALUE)' });
  });

  it('refuses a file that is too large', () => {
    expect(readSitesFile(folder.file('big', Buffer.alloc(65_537)))).toEqual({
      unreadable: 'is larger than 64 KiB',
    });
  });

  it('refuses each line that is not UTF-8, unless it is a comment', () => {
    const latin1 = Buffer.from('# f\u00fcr uns\nhttps://a.example\nhttps://a.example/\u00fc\n', 'latin1');
    const result = resolve(readSitesFile(folder.file('sites.conf', latin1)));
    expect(urlsOf(result)).toEqual(['https://a.example/']);
    expect(result.faults).toMatchObject([{ where: 'line 3' }]);
  });
});

describe('sites.conf.example', () => {
  it('has the built-in sites and no faults', () => {
    const result = resolve(readSitesFile(`${__dirname}/../../config/sites.conf.example`));
    expect(result.faults).toEqual([]);
    expect(urlsOf(result)).toEqual(urlsOf(resolve(undefined)));
  });
});
