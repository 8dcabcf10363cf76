import fc from 'fast-check';
import { loadConfig } from '../../config/load-config.ts';
import { variables } from '../../config/schema-list.ts';
import { maskCredentials, printable } from '../../config/shown-text.ts';
import { parseSiteLine } from '../../config/site-line.ts';
import { parseSites } from '../config/parse-sites.ts';
import { createRender } from '../../src/edges/log-format.ts';
import { parkedAs } from '../../src/model/parked.ts';
import { candidatesAmong } from '../../src/acts/recreation/injected-files.ts';
import { reasonOf } from '../../streams/engine.ts';
import { engineTimeMs, sinceOf } from '../../streams/engine-time.ts';
import { parseGluetunLine } from '../../streams/gluetun-log-line.ts';
import { parseProbeLine } from '../../streams/probe-script.ts';
import { judgeVpnRestart } from '../../streams/vpn-restart-verdict.ts';
import { inTime } from '../in-time.ts';
import { fuzz } from './fuzz.ts';

/** So many characters that a quadratic reader takes more than a minute. */
const LENGTH = 300_000;

const RENDER = createRender({ format: 'text', timeZone: 'UTC' }, ['sesame']);
const SITES = { where: 'line', defaultTimeoutSeconds: 10 } as const;

interface Reader {
  readonly read: (text: string) => unknown;
  /** The beginnings that make it read on, the words that are repeated, and the possible ends. */
  readonly words: readonly string[];
}

const URLS = [
  'https://',
  'https:',
  'tcp://',
  'a.example',
  '/',
  '\\',
  '@',
  ':',
  ':1',
  '#',
  ' #',
  '?',
  '[',
  '%',
  '|',
  '=',
  '.',
  '-',
  ',',
];
const READERS: Readonly<Record<string, Reader>> = {
  'what is masked': { read: maskCredentials, words: URLS },
  'what is made printable': { read: (text) => printable(text, LENGTH), words: ['\n', '\u001b', '\ud800', 'a'] },
  'a site': { read: (text) => parseSiteLine(text, 10), words: [...URLS, 'timeout=', 'gateway='] },
  // Longer ones are refused at once.
  'the sites': { read: (text) => parseSites(text.slice(0, 65_536), SITES), words: [...URLS, '\n', '\r', '\u2028', '\t'] },
  'a log line': {
    read: (message) => RENDER({ level: 'info', message, fields: { message } }, 0),
    words: ['\u001b', '\u001b[', '\u001b]', '\u009b', ';', '?', '#', '1', ';1', 'a', 'm', '\u0007', ' ', 'sesam'],
  },
  'a line of Gluetun’s log': {
    read: parseGluetunLine,
    words: [
      '2026-11-22T18:14:49Z ', 'INFO ', '[ip getter] ', 'Public IP address is ', '1.2.3.4', ' (', ')', ' - source: ', ', ', 'a',
      '[openvpn] ', '[wireguard] ', 'Connecting to ', 'UDPv4 link remote: ', '[AF_INET]', ':', ':1', '[', ']', '\u001b[', ';', 'm',
      '[vpn] ', 'program has been unhealthy for ', ': restarting VPN',
    ],
  },
  'a line of a check': { read: parseProbeLine, words: ['0', ' ', '200', '-'] },
  'a line of a restart of the VPN': {
    read: (line) => judgeVpnRestart([line, `start vpn 0 200 ${line}`], { url: '', key: 'k' }),
    words: ['start ', 'vpn ', '0 ', '200 ', '{"status":"', '"', '}', ' ', 'runc', 'OCI ', 'runtime'],
  },
  'a time of the engine’s': { read: (text) => [engineTimeMs(text), sinceOf(text)], words: ['2026-11-22T18:14:49', '.', '1', 'Z', '+00:00'] },
  'a reason': { read: (text) => reasonOf(new Error(text)), words: [' ', '\n', 'a', '\t'] },
  'a name': { read: (name) => parkedAs({ id: 'abc', name }), words: ['.orphan-of-', '-', 'a', '0123456789ab'] },
  'a path in a container': { read: (Path) => candidatesAmong([{ Path, Kind: 1 }], [{ Destination: Path }]), words: ['/', '/a', '..', '/./'] },
  'a variable': {
    read: (text) => variables.map(({ env }) => loadConfig({ [env]: text })),
    words: [...URLS, 'a', '1', '0', 'Europe/', '~/', 'unix://', '"', '\\"', '“', '\\n', ' ', '\u200b', ' #', ',', ',"'],
  },
}; // prettier-ignore

/** A beginning, one or two repeated words, and an end. */
const pumped = (words: readonly string[]): fc.Arbitrary<{ start: string; again: string; end: string }> => {
  const some = (maxLength: number): fc.Arbitrary<string> =>
    fc.array(fc.constantFrom(...words), { maxLength }).map((all) => all.join(''));
  const again = fc
    .array(fc.constantFrom(...words), { minLength: 1, maxLength: 2 })
    .map((all) => all.join(''));
  return fc.record({ start: some(4), again, end: fc.oneof(some(1), fc.constantFrom('', '\0', 'x', '!')) });
};

describe('the longest inputs', () => {
  it.each(Object.entries(READERS))('take linear time: %s', (name, { read, words }) => {
    fuzz(pumped(words), name === 'a variable' ? 5 : 15, ({ start, again, end }) => {
      const text = start + again.repeat(LENGTH / again.length) + end;
      expect(() => inTime(() => read(text))).not.toThrow();
    });
  });
});
