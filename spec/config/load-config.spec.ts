import fc from 'fast-check';
import type { Config } from '../../config/config.ts';
import { describeFaults } from '../../config/config-fault.ts';
import type { ConfigFault } from '../../config/config-fault.ts';
import { foreignVariables } from '../../config/config-warnings.ts';
import { loadConfig, secretsOf } from '../../config/load-config.ts';
import type { ConfigValue } from '../../config/load-config.ts';
import { variables } from '../../config/schema-list.ts';
import { inTime } from '../in-time.ts';
import { TemporaryFolder } from './temporary-folder.ts';

type Env = Record<string, string>;

function loaded(env: Env) {
  const result = loadConfig(env);
  if (!result.ok) throw new Error(describeFaults(result.faults));
  return result;
}

function faultsOf(env: Env): readonly ConfigFault[] {
  const result = loadConfig(env);
  return result.ok ? [] : result.faults;
}

function valueOf(env: Env, variable: string): ConfigValue | undefined {
  return loaded(env).values.find((value) => value.variable === variable);
}

const text: unknown = expect.any(String);
const textWith = (part: string): unknown => expect.stringContaining(part);

const SIXTEEN = Array.from({ length: 16 }, (_, index) => `g${index + 1}`).join(',');

describe('loadConfig', () => {
  const folder = new TemporaryFolder();

  it('has a default for everything', () => {
    const { config, warnings, values } = loaded({});
    expect(config).toEqual({
      gateways: ['gluetun'],
      dependents: 'auto',
      exclude: [],
      inlineSites: '',
      sitesFile: '/config/sites.conf',
      checkIntervalMs: 30_000,
      timeoutSeconds: 10,
      failThreshold: 2,
      siteQuorum: 'any',
      retryIntervalMs: 10_000,
      healthyWaitMs: 120_000,
      recoveryStrategy: 'restart',
      vpnRestartDependents: [],
      selfHealGraceMs: 0,
      backoffMs: 60_000,
      backoffMaxMs: 1_800_000,
      restartConcurrency: 5,
      autoRecreate: true,
      witness: undefined,
      dryRun: false,
      log: {
        level: 'info',
        format: 'text',
        file: '/logs/gluetun-monitor.log',
        maxBytes: 10_485_760,
        backupCount: 5,
        timeZone: 'UTC',
      },
      http: { addresses: [], token: undefined, hosts: [] },
      controlServer: { url: 'http://127.0.0.1:8000', key: undefined },
      history: { file: '/logs/history.jsonl', days: 90 },
      stateFile: '/logs/state.json',
      user: { uid: 1000, gid: 1000 },
      docker: { kind: 'socket', path: '/var/run/docker.sock' },
    } satisfies Config);
    expect(warnings).toEqual([]);
    expect(values.every(({ source }) => source === 'default')).toBe(true);
  });

  it('treats an empty or blank value as unset, for every variable', () => {
    const empty = Object.fromEntries(variables.map(({ env }) => [env, '']));
    const blank = Object.fromEntries(variables.map(({ env }) => [env, ' \t']));
    expect(loaded(empty)).toEqual(loaded({}));
    expect(loaded(blank)).toEqual(loaded({}));
  });

  it('reports a variable once even if two things are wrong with it', () => {
    const env = { DOCKER_HOST: 'tcp://h', DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: 'a\u0007b' };
    expect(faultsOf(env)).toMatchObject([{ variable: 'DOCKER_CERT_PATH', accepted: 'a path' }]);
  });

  it.each<Env>([
    { DOCKER_HOST: 'https://h', DOCKER_CERT_PATH: 'https://user:word@h' },
    { GLUETUN_CONTAINER: 'https:\\user:word\n@h' },
  ])('does not show the password in %j', (env) => {
    const faults = faultsOf(env);
    expect(faults).toHaveLength(1);
    expect(describeFaults(faults)).not.toContain('word');
  });

  it('does not show a password in SITES that a line break has cut in two', () => {
    const { values } = loaded({ SITES: 'https://us/er:word\n@h' });
    expect(values.find(({ variable }) => variable === 'SITES')?.value).toBe('https://********@h');
  });

  it('takes linear time for a long row of slashes', () => {
    const row = `http://h${'/'.repeat(1_000_000)}`;
    expect(inTime(() => loaded({ GLUETUN_API_URL: row })).config.controlServer.url).toBe('http://h');
    expect(inTime(() => loaded({ GLUETUN_API_URL: `${row}x` })).config.controlServer.url).toBe(`${row}x`);
  });

  const read: { given: Env; then: Partial<Config> }[] = [
    { given: { GLUETUN_CONTAINER: ' vpn-1 ' }, then: { gateways: ['vpn-1'] } },
    { given: { GLUETUN_CONTAINER: '/vpn' }, then: { gateways: ['vpn'] } },
    { given: { GLUETUN_CONTAINER: 'us, nl ,,/us,' }, then: { gateways: ['us', 'nl'] } },
    { given: { GLUETUN_CONTAINER: `${SIXTEEN},g1` }, then: { gateways: SIXTEEN.split(',') } },
    { given: { DEPENDENT_CONTAINERS: 'AUTO' }, then: { dependents: 'auto' } },
    { given: { DEPENDENT_CONTAINERS: 'a, /b ,,a,' }, then: { dependents: ['a', 'b'] } },
    { given: { DEPENDENT_CONTAINERS: 'a,gluetun' }, then: { dependents: ['a'] } },
    {
      given: { GLUETUN_CONTAINER: 'us,nl', DEPENDENT_CONTAINERS: 'nl,a,us' },
      then: { dependents: ['a'] },
    },
    { given: { EXCLUDE_CONTAINERS: ',x , y' }, then: { exclude: ['x', 'y'] } },
    { given: { SITES: 'https://a.example' }, then: { inlineSites: 'https://a.example' } },
    { given: { CONFIG_FILE: '/etc/sites' }, then: { sitesFile: '/etc/sites' } },
    { given: { CHECK_INTERVAL: '1' }, then: { checkIntervalMs: 1_000 } },
    { given: { CHECK_INTERVAL: '86400' }, then: { checkIntervalMs: 86_400_000 } },
    { given: { TIMEOUT: '600' }, then: { timeoutSeconds: 600 } },
    { given: { FAIL_THRESHOLD: '1' }, then: { failThreshold: 1 } },
    { given: { SITE_QUORUM: 'Any' }, then: { siteQuorum: 'any' } },
    { given: { SITE_QUORUM: 'MAJORITY' }, then: { siteQuorum: 'majority' } },
    { given: { SITE_QUORUM: 'all' }, then: { siteQuorum: 'all' } },
    { given: { SITE_QUORUM: '1' }, then: { siteQuorum: 1 } },
    { given: { SITE_QUORUM: '1000000' }, then: { siteQuorum: 1_000_000 } },
    { given: { RETRY_INTERVAL: ' 5 ' }, then: { retryIntervalMs: 5_000 } },
    { given: { HEALTHY_WAIT_TIMEOUT: '300' }, then: { healthyWaitMs: 300_000 } },
    { given: { RECOVERY_STRATEGY: 'VPN-first' }, then: { recoveryStrategy: 'vpn-first' } },
    { given: { RECOVERY_STRATEGY: 'restart' }, then: { recoveryStrategy: 'restart' } },
    { given: { VPN_RESTART_DEPENDENTS: 'a, /b ,,a,' }, then: { vpnRestartDependents: ['a', 'b'] } },
    { given: { VPN_RESTART_DEPENDENTS: 'a,gluetun' }, then: { vpnRestartDependents: ['a'] } },
    { given: { SELF_HEAL_GRACE: '0' }, then: { selfHealGraceMs: 0 } },
    { given: { SELF_HEAL_GRACE: '3600' }, then: { selfHealGraceMs: 3_600_000 } },
    { given: { RECOVERY_BACKOFF: '10' }, then: { backoffMs: 10_000 } },
    { given: { RECOVERY_BACKOFF_MAX: '86400' }, then: { backoffMaxMs: 86_400_000 } },
    {
      given: { WITNESS: 'https://A.example/ping?x=1#top' },
      then: { witness: { kind: 'http', url: 'https://a.example/ping?x=1' } },
    },
    {
      given: { WITNESS: 'tcp://1.1.1.1:443' },
      then: { witness: { kind: 'tcp', host: '1.1.1.1', port: 443 } },
    },
    { given: { DRY_RUN: 'yes' }, then: { dryRun: true } },
    { given: { DRY_RUN: '0' }, then: { dryRun: false } },
    { given: { RESTART_CONCURRENCY: '1' }, then: { restartConcurrency: 1 } },
    ...['true', 'yes', 'on', '1', 'TRUE', 'Yes', ' oN '].map((AUTO_RECREATE) => ({
      given: { AUTO_RECREATE },
      then: { autoRecreate: true },
    })),
    ...['false', 'no', 'off', '0', 'FALSE', 'No', ' oFf '].map((AUTO_RECREATE) => ({
      given: { AUTO_RECREATE },
      then: { autoRecreate: false },
    })),
    { given: { STATE_FILE: '/var/lib/monitor.json' }, then: { stateFile: '/var/lib/monitor.json' } },
    { given: { HISTORY_FILE: '/dev/null' }, then: { history: { file: '/dev/null', days: 90 } } },
    { given: { HISTORY_DAYS: '365' }, then: { history: { file: '/logs/history.jsonl', days: 365 } } },
    { given: { STATE_FILE: '/dev/null' }, then: { stateFile: '/dev/null' } },
    { given: { PUID: '1026', PGID: '100' }, then: { user: { uid: 1026, gid: 100 } } },
    { given: { PUID: '0' }, then: { user: { uid: 0, gid: 1000 } } },
    {
      given: { GLUETUN_API_URL: 'http://[::1]:8000/' },
      then: { controlServer: { url: 'http://[::1]:8000', key: undefined } },
    },
    {
      given: {
        HTTP_ADDRESS: '0.0.0.0:8080, [::]:8081 :80',
        HTTP_TOKEN: 'open sesame, please',
        HTTP_HOSTS: 'Monitor.Example.org. nas.lan',
      },
      then: {
        http: {
          addresses: [
            { host: '0.0.0.0', port: 8080, text: '0.0.0.0:8080' },
            { host: '::', port: 8081, text: '[::]:8081' },
            { host: undefined, port: 80, text: ':80' },
          ],
          token: 'open sesame, please',
          hosts: ['monitor.example.org', 'nas.lan'],
        },
      },
    },
    {
      given: { GLUETUN_API_KEY: 'open sesame' },
      then: { controlServer: { url: 'http://127.0.0.1:8000', key: 'open sesame' } },
    },
    {
      given: { DOCKER_HOST: 'tcp://proxy:2375' },
      then: { docker: { kind: 'tcp', host: 'proxy', port: 2375, tls: undefined } },
    },
  ];
  it.each(read)('reads $given', ({ given, then }) => {
    expect(loaded(given).config).toMatchObject(then);
  });

  const readForTheLog: { given: Env; then: Partial<Config['log']> }[] = [
    { given: { LOG_LEVEL: 'WARN' }, then: { level: 'warn' } },
    { given: { LOG_FORMAT: 'json' }, then: { format: 'json' } },
    { given: { LOG_FILE: '/dev/null' }, then: { file: '/dev/null' } },
    { given: { LOG_MAX_BYTES: '65536' }, then: { maxBytes: 65_536 } },
    { given: { LOG_BACKUP_COUNT: '0' }, then: { backupCount: 0 } },
    { given: { TZ: 'Europe/Berlin' }, then: { timeZone: 'Europe/Berlin' } },
  ];
  it.each(readForTheLog)('reads $given', ({ given, then }) => {
    expect(loaded(given).config.log).toMatchObject(then);
  });

  const refused: { given: Env; accepted: string }[] = [
    { given: { GLUETUN_CONTAINER: 'a;b' }, accepted: 'container names, compose service names or ids' },
    { given: { GLUETUN_CONTAINER: 'a,-x' }, accepted: 'container names, compose service names or ids' },
    { given: { GLUETUN_CONTAINER: ',' }, accepted: '1 to 16 of them' },
    { given: { GLUETUN_CONTAINER: `${SIXTEEN},g17` }, accepted: '1 to 16 of them' },
    { given: { DEPENDENT_CONTAINERS: 'a;b' }, accepted: '`auto`, or container names' },
    { given: { DEPENDENT_CONTAINERS: 'auto,a' }, accepted: '`auto`, or container names' },
    { given: { DEPENDENT_CONTAINERS: ',' }, accepted: '`auto`, or container names' },
    { given: { EXCLUDE_CONTAINERS: 'a,b/c' }, accepted: 'container names' },
    { given: { CHECK_INTERVAL: '12abc' }, accepted: 'a whole number from 1 to 86400' },
    { given: { CHECK_INTERVAL: '1.5' }, accepted: 'a whole number' },
    { given: { CHECK_INTERVAL: '-1' }, accepted: 'a whole number' },
    { given: { CHECK_INTERVAL: '+1' }, accepted: 'a whole number' },
    { given: { CHECK_INTERVAL: '1e3' }, accepted: 'a whole number' },
    { given: { CHECK_INTERVAL: '0x10' }, accepted: 'a whole number' },
    { given: { CHECK_INTERVAL: '010' }, accepted: 'a whole number' },
    { given: { CHECK_INTERVAL: '30 s' }, accepted: 'a whole number' },
    { given: { CHECK_INTERVAL: '2d' }, accepted: 'a duration such as 90s, 30m, 12h or 7d' },
    { given: { CHECK_INTERVAL: '1h30m' }, accepted: 'a duration such as' },
    { given: { FAIL_THRESHOLD: '2s' }, accepted: 'a whole number from 1 to 1000' },
    { given: { CHECK_INTERVAL: '0' }, accepted: 'a whole number' },
    { given: { CHECK_INTERVAL: '86401' }, accepted: 'a whole number' },
    { given: { CHECK_INTERVAL: '9'.repeat(400) }, accepted: 'a whole number' },
    { given: { TIMEOUT: '601' }, accepted: 'a whole number from 1 to 600' },
    { given: { FAIL_THRESHOLD: '0' }, accepted: 'a whole number from 1 to 1000' },
    { given: { SITE_QUORUM: '0' }, accepted: 'one of any, majority, all, or a whole number from 1' },
    { given: { SITE_QUORUM: '-1' }, accepted: 'a whole number from 1' },
    { given: { SITE_QUORUM: '1.5' }, accepted: 'a whole number from 1' },
    { given: { SITE_QUORUM: '50%' }, accepted: 'a whole number from 1' },
    { given: { SITE_QUORUM: 'most' }, accepted: 'one of any, majority, all' },
    { given: { SITE_QUORUM: '9'.repeat(400) }, accepted: 'a whole number from 1' },
    { given: { RETRY_INTERVAL: 'NaN' }, accepted: 'a whole number from 1 to 86400' },
    { given: { HEALTHY_WAIT_TIMEOUT: '0' }, accepted: 'a whole number from 1 to 86400' },
    { given: { RECOVERY_STRATEGY: 'vpn' }, accepted: 'one of restart, vpn-first' },
    { given: { VPN_RESTART_DEPENDENTS: 'a;b' }, accepted: 'container names' },
    { given: { SELF_HEAL_GRACE: '-1' }, accepted: 'a whole number from 0 to 3600' },
    { given: { SELF_HEAL_GRACE: '3601' }, accepted: 'a whole number from 0 to 3600' },
    { given: { RECOVERY_BACKOFF: '0' }, accepted: 'a whole number from 10 to 86400' },
    { given: { RECOVERY_BACKOFF: '9' }, accepted: 'a whole number from 10 to 86400' },
    { given: { RECOVERY_BACKOFF_MAX: '9' }, accepted: 'a whole number from 10 to 86400' },
    { given: { RECOVERY_BACKOFF_MAX: 'none' }, accepted: 'a whole number from 10 to 86400' },
    { given: { WITNESS: '1.1.1.1' }, accepted: '`http://…`, `https://…` or `tcp://host:port`' },
    { given: { WITNESS: 'tcp://1.1.1.1' }, accepted: '`tcp://host:port`' },
    { given: { WITNESS: 'http://user@a.example' }, accepted: 'without user and password' },
    { given: { DRY_RUN: 'maybe' }, accepted: '`true` or `false`' },
    { given: { RESTART_CONCURRENCY: '101' }, accepted: 'a whole number from 1 to 100' },
    { given: { AUTO_RECREATE: 'maybe' }, accepted: '`true` or `false` (also yes or no, on or off, 1 or 0)' },
    { given: { AUTO_RECREATE: '2' }, accepted: '`true` or `false`' },
    { given: { AUTO_RECREATE: 'y' }, accepted: '`true` or `false`' },
    { given: { AUTO_RECREATE: 'truefalse' }, accepted: '`true` or `false`' },
    { given: { STATE_FILE: 'a\nb' }, accepted: 'a path' },
    { given: { PUID: 'abc' }, accepted: 'a whole number from 0 to 4294967294' },
    { given: { PGID: '-1' }, accepted: 'a whole number from 0 to 4294967294' },
    { given: { LOG_LEVEL: 'endpoint' }, accepted: 'one of error, warn, info, debug' },
    { given: { LOG_FORMAT: 'xml' }, accepted: 'one of text, json' },
    { given: { LOG_FILE: 'a\u0000b' }, accepted: 'a path' },
    { given: { CONFIG_FILE: 'a\nb' }, accepted: 'a path' },
    { given: { LOG_MAX_BYTES: '65535' }, accepted: 'a whole number from 65536' },
    { given: { LOG_BACKUP_COUNT: '101' }, accepted: 'a whole number from 0 to 100' },
    { given: { TZ: 'Europe/Atlantis' }, accepted: 'an IANA time zone' },
    { given: { GLUETUN_API_URL: '127.0.0.1:8000' }, accepted: 'an http:// or https:// address' },
    { given: { GLUETUN_API_URL: 'http://h/?x=1' }, accepted: 'an http:// or https:// address' },
    { given: { GLUETUN_API_URL: 'http://h:99999' }, accepted: 'an http:// or https:// address' },
    { given: { GLUETUN_API_KEY: 'two\nlines' }, accepted: 'printable ASCII' },
    { given: { HTTP_ADDRESS: '8080' }, accepted: '`host:port`' },
    { given: { HTTP_ADDRESS: '0.0.0.0:0' }, accepted: '`host:port`' },
    { given: { HTTP_ADDRESS: '0.0.0.0:65536' }, accepted: '`host:port`' },
    { given: { HTTP_ADDRESS: 'http://0.0.0.0:8080' }, accepted: '`host:port`' },
    { given: { HTTP_ADDRESS: '::1:8080' }, accepted: 'an IPv6 address in brackets' },
    { given: { HTTP_ADDRESS: '[nas]:8080' }, accepted: 'an IPv6 address in brackets' },
    { given: { HTTP_ADDRESS: '0.0.0.0:8080,nas' }, accepted: '`host:port`' },
    { given: { HTTP_TOKEN: 'two\nlines' }, accepted: 'printable ASCII' },
    { given: { HTTP_HOSTS: 'https://nas.lan' }, accepted: 'host names' },
    { given: { HTTP_HOSTS: 'nas.lan:443' }, accepted: 'host names' },
    { given: { HTTP_HOSTS: '*.lan' }, accepted: 'host names' },
    { given: { DOCKER_HOST: 'ssh://root@nas' }, accepted: 'never `ssh://` or `npipe://`' },
    { given: { DOCKER_HOST: 'npipe:////./pipe/docker_engine' }, accepted: 'never `ssh://` or `npipe://`' },
    { given: { DOCKER_CERT_PATH: '\u0007' }, accepted: 'a path' },
  ];
  it.each(refused)('refuses $given', ({ given, accepted }) => {
    const [variable = ''] = Object.keys(given);
    expect(faultsOf(given)).toEqual([{ variable, given: text, accepted: textWith(accepted) }]);
  });

  it('reports all faults at once, with what was given', () => {
    const given = {
      GLUETUN_CONTAINER: 'a;b',
      CHECK_INTERVAL: 'soon',
      TIMEOUT: '-1',
      FAIL_THRESHOLD: 'two',
      SITE_QUORUM: 'half',
      RETRY_INTERVAL: '0.5',
      RECOVERY_STRATEGY: 'hope',
      VPN_RESTART_DEPENDENTS: 'a/b',
      SELF_HEAL_GRACE: '2h',
      RECOVERY_BACKOFF: '1',
      RECOVERY_BACKOFF_MAX: '0',
      RESTART_CONCURRENCY: '0',
      WITNESS: 'udp://1.1.1.1:53',
      DRY_RUN: 'wet',
      LOG_LEVEL: 'loud',
      LOG_MAX_BYTES: '1',
      TZ: 'Mars/Olympus',
      DOCKER_HOST: 'ssh://nas',
    };
    expect(faultsOf(given).map((fault) => [fault.variable, fault.given])).toEqual(Object.entries(given));
  });

  describe('secrets', () => {
    it('are read from the file that <NAME>_FILE names, without the line break at its end', () => {
      const path = folder.file('key', 'sesame\r\n');
      const result = loaded({ GLUETUN_API_KEY_FILE: path });
      expect(result.config.controlServer.key).toBe('sesame');
      expect(secretsOf(result.config)).toEqual(['sesame']);
      expect(result.values.find(({ variable }) => variable === 'GLUETUN_API_KEY')).toEqual({
        variable: 'GLUETUN_API_KEY',
        value: '********',
        source: `file ${path}`,
      });
    });

    it('are shown masked, and empty if unset', () => {
      expect(valueOf({ GLUETUN_API_KEY: 'sesame' }, 'GLUETUN_API_KEY')?.value).toBe('********');
      expect(valueOf({}, 'GLUETUN_API_KEY')?.value).toBe('');
    });

    const unusable = [
      { what: 'a missing file', make: () => folder.at('nothing'), accepted: 'does not exist' },
      { what: 'a folder', make: () => folder.at('.'), accepted: 'is a folder' },
      { what: 'an empty file', make: () => folder.file('key', ''), accepted: 'is empty' },
      { what: 'a file of line breaks', make: () => folder.file('key', '\n\r\n'), accepted: 'is empty' },
      { what: 'a device', make: () => '/dev/zero', accepted: 'is not a regular file' },
      {
        what: 'a large file',
        make: () => folder.file('key', 'x'.repeat(70_000)),
        accepted: 'larger than 64 KiB',
      },
      { what: 'two lines', make: () => folder.file('key', 'open\nsesame'), accepted: 'on one line' },
    ];
    it.each(unusable)('refuses $what', ({ make, accepted }) => {
      const faults = faultsOf({ GLUETUN_API_KEY_FILE: make() });
      expect(faults).toEqual([
        {
          variable: 'GLUETUN_API_KEY_FILE',
          given: text,
          accepted: textWith(accepted),
        },
      ]);
      expect(JSON.stringify(faults)).not.toContain('sesame');
    });

    it('are refused if both the variable and its file are given', () => {
      const faults = faultsOf({
        GLUETUN_API_KEY: 'sesame',
        GLUETUN_API_KEY_FILE: folder.file('key', 'other'),
      });
      expect(faults).toMatchObject([{ variable: 'GLUETUN_API_KEY_FILE', accepted: textWith('not both') }]);
      expect(JSON.stringify(faults)).not.toMatch(/sesame|other/);
    });

    const telling: { given: Env }[] = [
      { given: { GLUETUN_API_KEY: 'ses\u00e4me' } },
      { given: { GLUETUN_API_KEY_FILE: 'sesame' } },
      { given: { GLUETUN_API_URL: 'http://user:sesame@gluetun:8000' } },
      { given: { DOCKER_HOST: 'ssh://user:sesame@nas' } },
      { given: { DOCKER_HOST: 'tcp://user:ses/sesame@nas:2375' } },
      { given: { WITNESS: 'https://user:sesame@a.example' } },
      { given: { WITNESS: 'tcp://user:sesame@1.1.1.1:443' } },
    ];
    it.each(telling)('stay hidden in the faults of $given', ({ given }) => {
      const faults = faultsOf(given);
      expect(faults).toHaveLength(1);
      expect(describeFaults(faults)).not.toContain('ses\u00e4me');
      expect(describeFaults(faults)).not.toContain('sesame');
    });

    it('stay hidden in the shown value of SITES', () => {
      const shown = valueOf({ SITES: 'https://a.example,https://u:sesame@b.example' }, 'SITES');
      expect(shown?.value).toBe('https://a.example,https://********@b.example');
    });
  });

  describe('RETRY_INTERVAL', () => {
    it('gives way to a shorter CHECK_INTERVAL unless it was set', () => {
      expect(loaded({ CHECK_INTERVAL: '5' }).config.retryIntervalMs).toBe(5_000);
      expect(loaded({ CHECK_INTERVAL: '5', RETRY_INTERVAL: '8' }).config.retryIntervalMs).toBe(8_000);
    });
  });

  describe('RECOVERY_BACKOFF and RECOVERY_BACKOFF_MAX', () => {
    const pairs: { given: Env; then: [first: number, longest: number] }[] = [
      { given: { RECOVERY_BACKOFF: '600' }, then: [600, 1800] },
      { given: { RECOVERY_BACKOFF: '3600' }, then: [3600, 3600] },
      { given: { RECOVERY_BACKOFF_MAX: '3600' }, then: [60, 3600] },
      { given: { RECOVERY_BACKOFF_MAX: '20' }, then: [20, 20] },
      { given: { RECOVERY_BACKOFF: '20', RECOVERY_BACKOFF_MAX: '20' }, then: [20, 20] },
      { given: { RECOVERY_BACKOFF: '300', RECOVERY_BACKOFF_MAX: '20' }, then: [300, 300] },
    ];
    it.each(pairs)('are $then with $given: a default gives way, else the longer one wins', (row) => {
      const { config, values } = loaded(row.given);
      expect([config.backoffMs / 1000, config.backoffMaxMs / 1000]).toEqual(row.then);
      const shown = values.filter(({ variable }) => variable.startsWith('RECOVERY_BACKOFF'));
      expect(shown.map(({ value }) => Number(value))).toEqual(row.then);
    });
  });

  const vpnFirst = { RECOVERY_STRATEGY: 'vpn-first' };
  const warned: { given: Env; then: string[] }[] = [
    {
      given: { DEPENDENT_CONTAINERS: 'a,b', EXCLUDE_CONTAINERS: 'b,c' },
      then: ['b is in DEPENDENT_CONTAINERS and in EXCLUDE_CONTAINERS: exclusion wins'],
    },
    { given: { EXCLUDE_CONTAINERS: 'gluetun' }, then: ['EXCLUDE_CONTAINERS names the gateway gluetun'] },
    {
      given: { DEPENDENT_CONTAINERS: 'a,gluetun' },
      then: ['DEPENDENT_CONTAINERS names the gateway gluetun'],
    },
    {
      given: { GLUETUN_CONTAINER: 'us,nl', DEPENDENT_CONTAINERS: 'nl,a,us', EXCLUDE_CONTAINERS: 'us,nl' },
      then: [
        'DEPENDENT_CONTAINERS names the gateway nl: ignored, a gateway is no dependent',
        'DEPENDENT_CONTAINERS names the gateway us',
        'EXCLUDE_CONTAINERS names the gateway us: it is watched, but never restarted',
        'EXCLUDE_CONTAINERS names the gateway nl',
      ],
    },
    {
      given: { VPN_RESTART_DEPENDENTS: 'a,gluetun' },
      then: ['VPN_RESTART_DEPENDENTS has no effect without RECOVERY_STRATEGY=vpn-first'],
    },
    { given: { ...vpnFirst, VPN_RESTART_DEPENDENTS: 'a' }, then: [] },
    { given: vpnFirst, then: [] },
    {
      given: { ...vpnFirst, VPN_RESTART_DEPENDENTS: 'a,gluetun,b', EXCLUDE_CONTAINERS: 'b' },
      then: [
        'b is in VPN_RESTART_DEPENDENTS and in EXCLUDE_CONTAINERS: exclusion wins',
        'VPN_RESTART_DEPENDENTS names the gateway gluetun: ignored',
      ],
    },
    // Both lists may name the same container by different names: only the engine knows.
    { given: { ...vpnFirst, DEPENDENT_CONTAINERS: 'a', VPN_RESTART_DEPENDENTS: 'a,b' }, then: [] },
    {
      given: { DEPENDENT_CONTAINERS: 'Gluetun,app', EXCLUDE_CONTAINERS: 'APP' },
      then: [
        'app is in DEPENDENT_CONTAINERS and in EXCLUDE_CONTAINERS: exclusion wins',
        'DEPENDENT_CONTAINERS names the gateway Gluetun: ignored',
      ],
    },
    {
      given: {
        ...vpnFirst,
        GLUETUN_CONTAINER: 'us,nl',
        DEPENDENT_CONTAINERS: 'a',
        VPN_RESTART_DEPENDENTS: 'b',
      },
      then: [],
    },
    {
      given: { RECOVERY_BACKOFF: '300', RECOVERY_BACKOFF_MAX: '20' },
      then: ['RECOVERY_BACKOFF_MAX=20 is less than RECOVERY_BACKOFF=300: it is raised to 300'],
    },
    { given: { RECOVERY_BACKOFF: '3600' }, then: [] },
    { given: { RECOVERY_BACKOFF_MAX: '20' }, then: [] },
    {
      given: { CHECK_INTERVAL: '20', RETRY_INTERVAL: '60' },
      then: ['RETRY_INTERVAL=60 is longer than CHECK_INTERVAL=20'],
    },
    { given: { CHECK_INTERVAL: '30', RETRY_INTERVAL: '30' }, then: [] },
    { given: { CHECK_INTERVAL: '5', TIMEOUT: '6' }, then: ['TIMEOUT=6 is longer than CHECK_INTERVAL=5'] },
    { given: { DOCKER_TLS_VERIFY: '1' }, then: ['DOCKER_TLS_VERIFY means nothing for a Unix socket'] },
    { given: { DEPENDENT_CONTAINERS: 'a', EXCLUDE_CONTAINERS: 'b' }, then: [] },
    {
      given: { HTTP_TOKEN: 'long-enough-a-token', HTTP_HOSTS: 'nas.lan' },
      then: [
        'HTTP_TOKEN has no effect without HTTP_ADDRESS',
        'HTTP_HOSTS has no effect without HTTP_ADDRESS',
      ],
    },
    {
      given: { HTTP_ADDRESS: ':8080', HTTP_TOKEN: 'fifteen letters' },
      then: ['HTTP_TOKEN has fewer than 16 characters: it can be guessed'],
    },
    { given: { HTTP_ADDRESS: ':8080', HTTP_TOKEN: 'sixteen letters.' }, then: [] },
  ];
  it.each(warned)('warns of $given: $then', ({ given, then }) => {
    expect(loaded(given).warnings).toEqual(then.map((text) => textWith(text)));
  });

  it('warns once of each variable that only another monitor reads, with its replacement', () => {
    const env = {
      MONITOR_STATE_FILE: '/logs/monitor-state.json',
      WGET_TRIES: '1',
      STATS_FILE: ' ',
      PATH: '/bin',
    };
    expect(loaded(env).warnings).toEqual([
      'MONITOR_STATE_FILE means nothing here: use STATE_FILE',
      'WGET_TRIES means nothing here: a probe is one try, and FAIL_THRESHOLD says how many of them may fail',
    ]);
  });

  it('does not warn of its own variables', () => {
    const env = Object.fromEntries(variables.map(({ env: name }) => [name, '']));
    expect(loaded(env).warnings).toEqual([]);
    expect(variables.flatMap(({ env: name }) => foreignVariables({ [name]: 'x' }))).toEqual([]);
  });

  it('shows every variable once, with its effective value and its source', () => {
    const { values } = loaded({ CHECK_INTERVAL: '5', EXCLUDE_CONTAINERS: 'a, b', SITE_QUORUM: '2' });
    expect(values.map(({ variable }) => variable)).toEqual(variables.map(({ env }) => env));
    expect(values).toContainEqual({ variable: 'CHECK_INTERVAL', value: '5', source: 'environment' });
    expect(values).toContainEqual({ variable: 'EXCLUDE_CONTAINERS', value: 'a,b', source: 'environment' });
    expect(values).toContainEqual({ variable: 'RETRY_INTERVAL', value: '5', source: 'default' });
    expect(values).toContainEqual({ variable: 'SITE_QUORUM', value: '2', source: 'environment' });
    expect(values).toContainEqual({ variable: 'GLUETUN_CONTAINER', value: 'gluetun', source: 'default' });
    expect(values).toContainEqual({ variable: 'AUTO_RECREATE', value: 'true', source: 'default' });
  });

  it('never throws, and either loads or reports a fault, whatever the environment holds', () => {
    const names = variables.flatMap(({ env, sensitive }) =>
      sensitive === true ? [env, `${env}_FILE`] : [env],
    );
    const texts = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string(),
      fc.constantFrom('auto', '1', ',', '\0', '~'),
    );
    const environments = fc.dictionary(fc.constantFrom(...names, '__proto__', 'PATH'), texts);
    fc.assert(
      fc.property(environments, (env) => {
        const result = loadConfig(env);
        expect(result.ok || result.faults.length > 0).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });
});
