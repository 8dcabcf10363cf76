import type { Config } from '../../config/config.ts';
import { describeFaults } from '../../config/config-fault.ts';
import { type LoadResult, loadConfig } from '../../config/load-config.ts';
import { resolveSites } from '../../config/resolve-sites.ts';
import { variables } from '../../config/schema-list.ts';
import { parseSites } from './parse-sites.ts';
import { TemporaryFolder } from './temporary-folder.ts';

type Env = Readonly<Record<string, string>>;

/** A value for each variable that is not its default. */
const GOOD: Env = {
  GLUETUN_CONTAINER: 'vpn',
  DEPENDENT_CONTAINERS: 'app1,app2',
  EXCLUDE_CONTAINERS: 'app3,app4',
  SITES: 'https://a.example,https://b.example/?x=1,2',
  CONFIG_FILE: '/etc/my sites.conf',
  CHECK_INTERVAL: '45',
  TIMEOUT: '5',
  FAIL_THRESHOLD: '3',
  SITE_QUORUM: 'majority',
  RETRY_INTERVAL: '7',
  HEALTHY_WAIT_TIMEOUT: '2m',
  RECOVERY_STRATEGY: 'vpn-first',
  VPN_RESTART_DEPENDENTS: 'app1,app2',
  SELF_HEAL_GRACE: '30s',
  RECOVERY_BACKOFF: '90',
  RECOVERY_BACKOFF_MAX: '1h',
  RESTART_CONCURRENCY: '2',
  AUTO_RECREATE: 'false',
  WITNESS: 'tcp://1.1.1.1:443',
  DRY_RUN: 'true',
  LOG_LEVEL: 'debug',
  LOG_FORMAT: 'json',
  LOG_FILE: '/logs/my.log',
  LOG_MAX_BYTES: '100000',
  LOG_BACKUP_COUNT: '2',
  TZ: 'Europe/Berlin',
  HTTP_ADDRESS: '0.0.0.0:8080,[::1]:8081',
  HTTP_TOKEN: 'a-t0ken#of-the-page',
  HTTP_HOSTS: 'monitor.example.org,gluetun.example.org',
  GLUETUN_API_URL: 'http://127.0.0.1:9000',
  GLUETUN_API_KEY: 'k3y-with#hash',
  HISTORY_FILE: '/logs/my-history.jsonl',
  HISTORY_DAYS: '30',
  STATE_FILE: '/logs/my-state.json',
  PUID: '1026',
  PGID: '100',
  DOCKER_HOST: 'tcp://proxy:2375',
  DOCKER_TLS_VERIFY: '1',
  DOCKER_CERT_PATH: '/certs',
};

const load = (name: string, text: string): LoadResult => loadConfig({ [name]: text });

/** The configuration, and the value of each variable, whether or not the configuration depends on it. */
const allOf = (result: LoadResult): unknown => [configOf(result), result.ok ? result.values : []];

const configOf = (result: LoadResult): Config => {
  if (!result.ok) throw new Error(describeFaults(result.faults));
  return result.config;
};

const WRAPPINGS: readonly [what: string, wrap: (value: string) => string][] = [
  ['double quotes, as compose keeps them in `- NAME="value"`', (value) => `"${value}"`],
  ['single quotes', (value) => `'${value}'`],
  ['backticks', (value) => `\`${value}\``],
  ['typographic quotes', (value) => `“${value}”`],
  ['typographic single quotes', (value) => `‘${value}’`],
  ['German quotes', (value) => `„${value}“`],
  ['guillemets', (value) => `«${value}»`],
  ['two kinds of quotes', (value) => `"'${value}'"`],
  ['two pairs of quotes', (value) => `""${value}""`],
  ['escaped quotes', (value) => `\\"${value}\\"`],
  ['escaped quotes in quotes', (value) => `"\\"${value}\\""`],
  ['quotes and the carriage return of a Windows .env file', (value) => `"${value}"\r`],
  ['a carriage return', (value) => `${value}\r`],
  ['the line break of a YAML block', (value) => `${value}\n`],
  ['spaces and tabs', (value) => ` \t${value}\t `],
  ['spaces within quotes', (value) => `" ${value} "`],
  ['no-break spaces', (value) => `\u00a0${value}\u00a0`],
  ['a byte order mark and a zero-width space', (value) => `\ufeff${value}\u200b`],
];

describe.each(variables.map(({ env }) => env))('%s', (name) => {
  const good = GOOD[name] ?? '';
  const plain = allOf(load(name, good));

  it.each(WRAPPINGS)('ignores %s', (_, wrap) => {
    expect(allOf(load(name, wrap(good)))).toEqual(plain);
  });

  it.each(['""', "''", ' "" ', '“”', '" "', '"\'\'"', '\u200b', '\ufeff'])(
    'counts as unset if it is %j',
    (empty) => {
      expect(allOf(load(name, empty))).toEqual(allOf(loadConfig({})));
    },
  );

  const halves = [`"${good}`, `${good}"`, `'${good}`, `${good}'`, `“${good}`, `"${good}'`, `\\"${good}`];
  if (name === 'SITES') return; // each of its bad entries is reported by its number

  it.each(halves)('is a fault if it is %j', (half) => {
    const result = load(name, half);
    const faults = result.ok ? [] : result.faults;
    expect(faults).toMatchObject([
      { variable: name, accepted: expect.stringContaining('a quote is left') as unknown },
    ]);
  });
});

it('tests every variable', () => {
  expect(Object.keys(GOOD)).toEqual(variables.map(({ env }) => env));
});

const given = (env: Env): Config => configOf(loadConfig(env));
const faultsOf = (env: Env) => {
  const result = loadConfig(env);
  return result.ok ? [] : result.faults;
};

describe('a list of containers', () => {
  it.each([
    'a,b', 'a b', 'a\nb\n', 'a\r\nb', 'a,\nb,', '"a","b"', '"a" "b"', "'\"a\",\"b\"'", '"a,b"', 'a\\nb', '  a ,, /b ',
    'a # the first\nb # the second', '# mine\na\nb', 'a\u00a0b', 'a\u2028b', '“a”, “b”',
  ])('reads two names from %j', (text) => {
    expect(given({ EXCLUDE_CONTAINERS: text }).exclude).toEqual(['a', 'b']);
    expect(given({ DEPENDENT_CONTAINERS: text }).dependents).toEqual(['a', 'b']);
    expect(given({ GLUETUN_CONTAINER: text }).gateways).toEqual(['a', 'b']);
  }); // prettier-ignore

  it.each([
    ['a;b', 'container names'],
    ['"a,b', 'a quote is left'],
    ['a,"b', 'a quote is left'],
    ['a"b', 'a quote is left'],
    ['a\\,b', 'a backslash is left'],
    ['${NAME}', 'a ${…} is left'],
    ['a\u200bb', 'an invisible character is left'],
    // YAML's `>` may have joined lines here: `b` would be lost, and restarted although it is excluded.
    ['a # note b', 'a comment is left'],
    ['# a b', 'a comment is left'],
    ['["a","b"]', 'a quote is left'],
    ['[a,b]', 'container names'],
    ['- a\n- b', 'container names'],
  ])('is a fault if it is %j', (text, why) => {
    for (const name of [
      'EXCLUDE_CONTAINERS',
      'DEPENDENT_CONTAINERS',
      'GLUETUN_CONTAINER',
      'VPN_RESTART_DEPENDENTS',
    ])
      expect(faultsOf({ [name]: text })).toMatchObject([
        { variable: name, accepted: expect.stringContaining(why) as unknown },
      ]);
  });
});

describe('SITES', () => {
  const sitesOf = (SITES: string) => {
    const { inlineSites: inline } = given({ SITES });
    return parseSites(inline, { where: 'entry', defaultTimeoutSeconds: 10 });
  };

  it.each([
    ['"http://127.0.0.1:8081,http://localhost"', ['http://127.0.0.1:8081/', 'http://localhost/']],
    ['"https://a.example","https://b.example"', ['https://a.example/', 'https://b.example/']],
    ['\'https://a.example\' "https://b.example"', ['https://a.example/', 'https://b.example/']],
    ['https://a.example https://b.example', ['https://a.example/', 'https://b.example/']],
    ['https://a.example,\nhttps://b.example,\n', ['https://a.example/', 'https://b.example/']],
    ['https://a.example\\nhttps://b.example', ['https://a.example/', 'https://b.example/']],
    ['https://a.example/?x=1,2,https://b.example', ['https://a.example/?x=1,2', 'https://b.example/']],
    ['# mine\nhttps://a.example # one\nhttps://b.example', ['https://a.example/', 'https://b.example/']],
    [
      'https://a.example | role=critical, HTTPS://b.example |timeout=5',
      ['https://a.example/', 'https://b.example/'],
    ],
    ['https://a.example/#b,https://b.example', ['https://a.example/', 'https://b.example/']],
  ])('is read from %j', (text, urls) => {
    const { sites, faults } = sitesOf(text);
    expect(faults).toEqual([]);
    expect(sites.map(({ url }) => url)).toEqual(urls);
  });

  it('splits at a comma in a tunable only if a URL follows', () => {
    const { faults } = sitesOf('https://a.example|fails=403,429,5xx,https://b.example');
    expect(faults.map(({ where, text }) => [where, text])).toEqual(
      faults.length === 0 ? [] : [['entry 1', 'https://a.example|fails=403,429,5xx']],
    );
  });

  it.each([
    ['"http://127.0.0.1:8081,http://localhost', '"http://127.0.0.1:8081', 'has a quote inside'],
    ['http://127.0.0.1:8081,http://localhost"', 'http://localhost"', 'has a quote inside'],
    ["http://127.0.0.1:8081,http://localhost/it's", "http://localhost/it's", 'has a quote inside'],
    ['http://127.0.0.1:8081,http://localhost\\x', 'http://localhost\\x', 'has a backslash inside'],
    ['http://127.0.0.1:8081,b.example', 'b.example', 'is no http:// or https:// URL'],
    ['http://a.example,b.example,c.example', 'b.example,c.example', 'is no http:// or https:// URL'],
    ['http://127.0.0.1:8081 http://${DOMAIN}', 'http://${DOMAIN}', 'is no valid URL'],
    ['http://127.0.0.1:8081 a.example,b.example', 'a.example,b.example', 'is no http:// or https:// URL'],
    ['http://127.0.0.1:8081 # b.example', '#', 'is no http:// or https:// URL'],
    ['http://127.0.0.1:8081,ftp://b.example', 'ftp://b.example', 'is no http:// or https:// URL'],
  ])('refuses an entry of %j', (text, entry, reason) => {
    const { faults } = sitesOf(text);
    expect(faults).toContainEqual({
      where: expect.stringMatching(/^entry [12]$/) as unknown,
      text: entry,
      reason: expect.stringContaining(reason) as unknown,
    });
  });

  it('counts as unset if it is only quotes, so the built-in sites are used', () => {
    const { inlineSites: inline } = given({ SITES: '""' });
    expect(
      resolveSites({ inline, fileText: undefined, defaultTimeoutSeconds: 10, gateways: ['g'] }),
    ).toMatchObject({
      ok: true,
      usedDefaults: true,
    });
  });
});

it.each([
  '"https://a.example"', "'https://a.example'", '“https://a.example”', 'https://a.example,', '"https://a.example",',
  '"https://a.example" # why', '\u00a0https://a.example\u200b',
])('reads the line %j of a sites file', (line) => {
  const { sites, faults } = parseSites(`${line}\r\n`, { where: 'line', defaultTimeoutSeconds: 10 });
  expect(faults).toEqual([]);
  expect(sites.map(({ name, url }) => [name, url])).toEqual([['https://a.example', 'https://a.example/']]);
}); // prettier-ignore

describe('a comment after a value', () => {
  it.each<[Env, Partial<Config>]>([
    [{ CHECK_INTERVAL: '45 # seconds' }, { checkIntervalMs: 45_000 }],
    [{ CHECK_INTERVAL: '"45" # seconds' }, { checkIntervalMs: 45_000 }],
    [{ CHECK_INTERVAL: '"45" # the "pace"' }, { checkIntervalMs: 45_000 }],
    [{ CHECK_INTERVAL: ' # none' }, { checkIntervalMs: 30_000 }],
    [{ DRY_RUN: "'true'\t# for now" }, { dryRun: true }],
    [{ STATE_FILE: '/logs/a.json # here' }, { stateFile: '/logs/a.json' }],
    [{ STATE_FILE: '"/logs/a #1.json"' }, { stateFile: '/logs/a #1.json' }],
    [{ STATE_FILE: '/logs/a#1.json' }, { stateFile: '/logs/a#1.json' }],
  ])('is removed, unless it is quoted: %j', (env, then) => {
    expect(given(env)).toMatchObject(then);
  });
});

describe('a value that cannot be meant', () => {
  it.each<[Env, string]>([
    [{ STATE_FILE: "/mnt/bob's/state.json" }, 'a path; a quote is left in it: remove it'],
    [{ STATE_FILE: 'C:\\logs\\state.json' }, 'a path; a backslash is left in it: remove it'],
    [{ STATE_FILE: '${LOGS}/state.json' }, 'a path; a ${…} is left in it that nothing has replaced'],
    [{ STATE_FILE: '/lo\u200bgs/state.json' }, 'a path; an invisible character is left in it'],
    [{ DOCKER_HOST: 'unix:///var\\run' }, 'a backslash is left in it'],
    [{ GLUETUN_API_URL: 'http://a.example,http://b.example' }, 'an http:// or https:// address'],
    [{ GLUETUN_API_URL: 'http://127.0.0.1:8000\\x' }, 'a backslash is left in it'],
    [{ WITNESS: 'https://a.example,https://b.example' }, '`tcp://host:port`'],
    [{ WITNESS: 'https://a.example,b.example' }, '`tcp://host:port`'],
    [{ WITNESS: 'tcp://a,b:443' }, '`tcp://host:port`'],
    [{ CHECK_INTERVAL: '3\u200b0' }, 'an invisible character is left in it'],
  ])('is a fault: %j', (env, accepted) => {
    const [variable = ''] = Object.keys(env);
    expect(faultsOf(env)).toMatchObject([
      { variable, accepted: expect.stringContaining(accepted) as unknown },
    ]);
  });
});

describe('a secret', () => {
  const folder = new TemporaryFolder();

  it.each([
    ['"k3y"', 'k3y'],
    [' k3y\r\n', 'k3y'],
    ['\ufeffk3y\r\n', 'k3y'],
    ['a"b', 'a"b'],
    ['"a"b"', 'a"b'],
    ["it's", "it's"],
    ['a\\nb', 'a\\nb'],
    ['a#b', 'a#b'],
    ['#ab', '#ab'],
    ['a b', 'a b'],
    ['${a}', '${a}'],
  ])('given as %j is %s, in the variable and in the file', (text, key) => {
    expect(given({ GLUETUN_API_KEY: text }).controlServer.key).toBe(key);
    const path = folder.file('key', text);
    expect(given({ GLUETUN_API_KEY_FILE: path }).controlServer.key).toBe(key);
    expect(given({ GLUETUN_API_KEY_FILE: `"${path}"` }).controlServer.key).toBe(key);
  });

  it.each([
    ['"k3y-word', 'a quote is left at one end of it'],
    ['k3y-word”', 'a quote is left at one end of it'],
    ['k3y-word # for Gluetun', 'a comment is left after it'],
    ['k3y-word\\n', 'a line break is left at its end'],
  ])('is a fault if it is %j, and is not shown', (text, why) => {
    const accepted = expect.stringContaining(why) as unknown;
    const faults = [
      ...faultsOf({ GLUETUN_API_KEY: text }),
      ...faultsOf({ GLUETUN_API_KEY_FILE: folder.file('key', text) }),
    ];
    expect(faults).toMatchObject([
      { variable: 'GLUETUN_API_KEY', accepted },
      { variable: 'GLUETUN_API_KEY_FILE', accepted },
    ]);
    expect(describeFaults(faults)).not.toContain('k3y-word');
  });
});

describe('a duration', () => {
  it.each([
    ['90', 90],
    ['90s', 90],
    ['2m', 120],
    ['12h', 43_200],
    ['1d', 86_400],
    ['"2M"', 120],
    ['0d', undefined],
    ['1w', undefined],
    ['1.5h', undefined],
    ['s', undefined],
    ['25h', undefined],
    [`${'9'.repeat(15)}d`, undefined],
  ])('%s is %s seconds', (text, seconds) => {
    const result = loadConfig({ CHECK_INTERVAL: text });
    expect(result.ok ? result.config.checkIntervalMs / 1000 : undefined).toBe(seconds);
  });
});
