import fc from 'fast-check';
import { type ConfigFault, describeFaults } from '../../config/config-fault.ts';
import type { Config } from '../../config/config.ts';
import { type LoadResult, loadConfig, secretsOf } from '../../config/load-config.ts';
import { type Variable, variables } from '../../config/schema-list.ts';
import { settingsOf } from '../../src/model/settings.ts';
import { TemporaryFolder } from '../config/temporary-folder.ts';
import { anyText, textOf } from './arbitraries.ts';
import { fuzz } from './fuzz.ts';

type Env = Readonly<Record<string, string>>;

const NAMES = variables.flatMap(({ env, sensitive }) => (sensitive === true ? [env, `${env}_FILE`] : [env]));
const WORDS = [
  'auto', 'gluetun', 'gluetun,gluetun-us', 'all', 'any', 'majority', 'true', 'false', 'on', '0', '1', '30', '600', '1e3', '86400',
  'debug', 'json', 'restart', 'vpn-first', 'UTC', 'Europe/Berlin', '/logs/x', '/dev/null', 'https://a.example', 'tcp://1.1.1.1:443',
  'unix:///run/docker.sock', 'ssh://host', ',', ' ', '/', ':', 'http://127.0.0.1:8000', '"', "'", '\\"', '“', '”', '\\n', '\n', ' # ', '30s',
  '12h', '${X}', '\ufeff', '\u200b',
]; // prettier-ignore
const anyValue = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...WORDS) },
  { weight: 3, arbitrary: textOf(WORDS, 4) },
  { weight: 2, arbitrary: anyText },
);
const anyEnv: fc.Arbitrary<Env> = fc.dictionary(
  fc.constantFrom(...NAMES, '__proto__', 'HOME', 'PATH'),
  anyValue,
  {
    maxKeys: 12,
  },
);

const faultsOf = (result: LoadResult): readonly ConfigFault[] => (result.ok ? [] : result.faults);

const formatted = (variable: Variable, value: string): boolean =>
  faultsOf(loadConfig({ [variable.env]: value })).length === 0;

/** Every setting: each has a value of its own kind, within its limits. */
function expectSound(config: Config): void {
  expect(config.gateways.length >= 1 && config.gateways.length <= 16).toBe(true);
  const names = [
    ...config.gateways,
    ...config.exclude,
    ...[config.dependents].flat(),
    ...config.vpnRestartDependents,
  ];
  expect(names.every((name) => /^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/.test(name))).toBe(true);
  const numbers = settingsOf(config).flatMap((settings) =>
    Object.values(settings).filter((value) => typeof value === 'number'),
  );
  expect(numbers.every((value) => Number.isInteger(value) && value >= 0 && value < 2 ** 31)).toBe(true);
  expect([config.autoRecreate, config.dryRun].map((flag) => typeof flag)).toEqual(['boolean', 'boolean']);
  expect(['error', 'warn', 'info', 'debug']).toContain(config.log.level);
  expect(['text', 'json']).toContain(config.log.format);
  expect(() => new Intl.DateTimeFormat('en', { timeZone: config.log.timeZone })).not.toThrow();
  expect(new URL(config.controlServer.url).protocol).toMatch(/^https?:$/);
  expect(config.controlServer.key ?? 'none').toMatch(/^[ -~]+$/);
  expect([config.log.file, config.stateFile, config.sitesFile].join('')).not.toMatch(
    /[\p{Cc}\p{Cf}"'`“”\\]/u,
  );
}

/** One line for each fault, and none that a value could forge. */
function expectOneMessage(faults: readonly ConfigFault[]): void {
  const lines = describeFaults(faults).split('\n');
  expect(lines).toHaveLength(faults.length + 3);
  faults.forEach(({ variable }, index) =>
    expect(lines[index + 1]).toMatch(new RegExp(`^  ${variable}: given "`)),
  );
  expect(lines.join('')).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
}

describe('the environment', () => {
  const folder = new TemporaryFolder();

  it('gives a valid configuration, or one message that names each invalid variable once', () => {
    fuzz(anyEnv, 2_000, (env) => {
      const result = loadConfig(env);
      if (result.ok) expectSound(result.config);
      else expectOneMessage(result.faults);
      const names = faultsOf(result).map(({ variable }) => variable);
      expect(new Set(names).size).toBe(names.length);
      expect(result.ok).toBe(names.length === 0);
      expect(names.filter((name) => !NAMES.includes(name))).toEqual([]);
    });
  });

  it('reports every fault that a variable has alone, whatever else is set', () => {
    const given = fc.uniqueArray(fc.tuple(fc.constantFrom(...variables), anyValue), {
      maxLength: 6,
      selector: ([{ env }]) => env,
    });
    fuzz(given, 700, (values) => {
      const env = Object.fromEntries(values.map(([{ env: name }, value]) => [name, value]));
      const faulty = values
        .filter(([variable, value]) => !formatted(variable, value))
        .map(([variable]) => variable.env);
      const told = faultsOf(loadConfig(env)).map(({ variable }) => variable);
      expect(faulty.filter((name) => !told.includes(name))).toEqual([]);
      // Certificates are looked for only if DOCKER_HOST requires them.
      expect(told.filter((name) => !faulty.includes(name) && name !== 'DOCKER_CERT_PATH')).toEqual([]);
    });
  });

  it('means the same with any quotes and spaces around a value', () => {
    const around = fc.constantFrom(
      ['"', '"'],
      ["'", "'"],
      ['“', '”'],
      ['"\'', '\'"'],
      ['\\"', '\\"'],
      ['"', '"\r\n'],
      ['\t', ' '],
      ['\ufeff', '\u200b'],
    );
    const plain = anyValue.filter((value) => !/["'`´“”„‟＂‘’‚‛＇«»‹›#\\]/u.test(value));
    fuzz(
      fc.tuple(fc.constantFrom(...variables), plain, around),
      2_000,
      ([{ env: name }, value, [open, close]]) => {
        const [bare, wrapped] = [value, `${open}${value}${close}`].map((text) =>
          loadConfig({ [name]: text }),
        );
        expect(wrapped).toEqual(bare);
      },
    );
  });

  it('does not reveal its secrets, valid or not, from a variable or a file', () => {
    const secret = fc.oneof(
      fc.stringMatching(/^[a-zA-Z0-9]{16,24}$/),
      fc.tuple(fc.stringMatching(/^[a-zA-Z0-9]{16}$/), anyText).map(([start, rest]) => start + rest),
    );
    const set = fc.constantFrom('variable', 'file', 'both', 'instead of the file');
    fuzz(fc.tuple(anyEnv, secret, set), 1_000, ([env, key, how]) => {
      const secrets = variables
        .filter(({ sensitive }) => sensitive)
        .flatMap(({ env: name }) => [name, `${name}_FILE`]);
      const others = Object.fromEntries(Object.entries(env).filter(([name]) => !secrets.includes(name)));
      const path = folder.file('key', key);
      const where: Readonly<Record<string, Env>> = {
        variable: { GLUETUN_API_KEY: key },
        file: { GLUETUN_API_KEY_FILE: path },
        both: { GLUETUN_API_KEY: key, GLUETUN_API_KEY_FILE: path },
        'instead of the file': { GLUETUN_API_KEY_FILE: key },
      };
      const result = loadConfig({ ...others, ...where[how] });
      const shown = result.ok
        ? [result.values, result.warnings]
        : [result.faults, describeFaults(result.faults)];
      expect(JSON.stringify(shown)).not.toContain(key.slice(0, 16));
      // Apart from what surrounded it.
      const masked = result.ok ? secretsOf(result.config) : [];
      expect(masked.map((one) => key.includes(one) && one.startsWith(key.slice(0, 16)))).toEqual(
        result.ok ? [true] : [],
      );
    });
  });

  it('does not reveal a password in an address, whichever variable has it', () => {
    const password = fc.stringMatching(/^[a-zA-Z0-9]{12}$/);
    const address = fc.tuple(
      fc.constantFrom('https://', 'http://', 'tcp://', 'ssh://', 'HTTPS://', 'https:', 'https:\\', ''),
      fc.constantFrom('user:', ':', 'us/er:', 'a@b:', 'user%3a'),
      fc.constantFrom(
        '@host',
        '@host:80/',
        '@[::1]/',
        '@',
        '/x@host',
        '?x@host',
        '#x@host',
        ',x@host',
        '\n@host',
      ),
    );
    const name = fc.constantFrom(
      ...variables.filter(({ sensitive }) => sensitive !== true).map(({ env }) => env),
    );
    fuzz(
      fc.tuple(anyEnv, fc.uniqueArray(name, { minLength: 1, maxLength: 3 }), address, password),
      2_000,
      ([env, names, [scheme, user, rest], word]) => {
        // Otherwise it is two texts, the first of which is no address, or has the password in its path.
        fc.pre(!rest.startsWith(',') || (scheme.endsWith('://') && !user.includes('/')));
        const value = `${scheme}${user}${word}${rest}`;
        const result = loadConfig({ ...env, ...Object.fromEntries(names.map((one) => [one, value])) });
        const shown = result.ok
          ? [result.values, result.warnings]
          : [result.faults, describeFaults(result.faults)];
        expect(JSON.stringify(shown)).not.toContain(word);
      },
    );
  });
});
