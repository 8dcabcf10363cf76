import fc from 'fast-check';
import type { Observable } from 'rxjs';
import { VirtualTimeScheduler } from 'rxjs';
import type { Site } from '../../config/config.ts';
import { check$ } from '../../streams/checks.ts';
import { endpoint$ } from '../../streams/endpoint.ts';
import { type VpnRestart, vpnRestart$ } from '../../streams/vpn-restart.ts';
import { encodeFrame } from '../simulated-engine/frames.ts';
import { anyBytes, textOf } from './arbitraries.ts';
import { fuzz } from './fuzz.ts';
import { mutatedBytes, mutatedJsonText } from './mutations.ts';
import { type Output, atOnce, framedAnywhere, outputOf, played, splitAnywhere } from './output.ts';
import { MEBIBYTE, retainedByReader } from './retained.ts';

type Bytes$ = Observable<Uint8Array>;

/** The words of the protocol in any combination. */
const saying = (...words: readonly string[]): fc.Arbitrary<Uint8Array> =>
  fc.oneof(
    { weight: 4, arbitrary: textOf(['\n', ' ', ...words]).map((text) => Buffer.from(text)) },
    { weight: 3, arbitrary: mutatedBytes(Buffer.from(words.join(''))) },
    { weight: 1, arbitrary: anyBytes },
  );

/** The same, wherever the frames and the pieces begin. */
const split = (said: fc.Arbitrary<Uint8Array>) =>
  said.chain((whole) =>
    framedAnywhere(whole)
      .chain(splitAnywhere)
      .map((pieces) => ({ whole: atOnce([encodeFrame('stdout', whole)]), pieces: atOnce(pieces) })),
  );

const ENDLESS = [
  ['a line', () => Buffer.alloc(65_536, 'x')],
  ['lines', () => Buffer.alloc(65_536, 'a line\n')],
  ['empty lines', () => Buffer.alloc(65_536, '\n')],
  ['binary data', (n: number) => Buffer.alloc(65_536, n % 256)],
] as const;

/** It receives 20 MiB in frames, and the stream is still not over. */
const retainedOf = (piece: (number: number) => Uint8Array, reader: (bytes$: Bytes$) => Observable<unknown>) =>
  retainedByReader({ piece: (number) => encodeFrame('stdout', piece(number)), pieces: 320 }, reader);

describe('the output of a check', () => {
  const site = (index: number, timeoutSeconds: number): Site => ({
    name: `s${index}`, url: `https://s${index}.example/`, timeoutSeconds, role: 'critical', gateway: undefined,
  }); // prettier-ignore
  const SITES = [site(0, 2), site(1, 20), site(2, 5)];
  /** Later lines are ignored. */
  const MOST_LINES = SITES.length + 1_000;
  const BOUND_MS = 15_000 + 20_000 + 2_000;

  const check = (output: Output) => played(output, reader);
  const reader = (bytes$: Bytes$, scheduler = new VirtualTimeScheduler()) =>
    check$(
      { kind: 'checkSites', lane: 'gluetun', checkId: 7, gatewayId: 'g', sites: SITES },
      { engine: { exec: () => bytes$ }, scheduler },
    );
  const said = saying(
    'start\n',
    '0 0 200\n',
    '1 4 -\n',
    '2 137 -\n',
    '1 8 403\n',
    '3 0 200\n',
    '0 1 -\n',
    '2 127 -\n',
    '1 4 - Resolving a (a)... failed: Try again.\twget: unable to resolve host address\n',
    '2 - - timeout: fork: Resource temporarily unavailable\n',
  );

  /** Whether wget got any answer. */
  const isReached = (line: string): boolean => {
    const [, code, status] = line.split(' ');
    return status !== '-' || (code !== '-' && [0, 6, 8].includes(Number(code)));
  };

  it('ends with one event in time, after at most one result for each site', () => {
    fuzz(outputOf(said), 800, (output) => {
      const { values, endedAtMs, error, isOpen } = check(output);
      expect([error, isOpen]).toEqual([undefined, false]);
      expect(endedAtMs).toBeLessThanOrEqual(BOUND_MS);
      const results = values.flatMap((event) => (event.type === 'siteProbed' ? event.result : []));
      expect(values.slice(0, -1)).toHaveLength(results.length);
      expect(new Set(results.map((result) => result.site)).size).toBe(results.length);
      const why: unknown = expect.stringMatching(/^[^\n]{1,500}$/);
      const cutShort = results.length === SITES.length ? undefined : why;
      expect(values.at(-1)).toEqual({ type: 'checkFinished', at: endedAtMs, checkId: 7, cutShort });
    });
  });

  it('gives the result of the first line after the mark for each site, wherever it is split', () => {
    fuzz(split(said), 800, ({ whole, pieces }) => {
      const text = Buffer.concat(whole.pieces.map(({ bytes }) => bytes.subarray(8))).toString();
      const lines = text
        .split('\n')
        .slice(0, MOST_LINES)
        .map((line) => line.replace(/\r$/, ''));
      const after = lines.includes('start') ? lines.slice(lines.indexOf('start') + 1) : [];
      const wanted = SITES.flatMap(({ name }, index) => {
        const line = after.find((one) =>
          new RegExp(`^0{0,4}${index} (\\d{1,3}|-) ([1-5]\\d\\d|-( .+)?)$`, 's').test(one),
        );
        return line === undefined ? [] : `${name} ${isReached(line) ? 'pass' : 'no pass'}`;
      });
      const { values } = check(pieces);
      expect(values).toEqual(check(whole).values);
      const heard = values.flatMap((event) =>
        event.type === 'siteProbed'
          ? `${event.result.site.name} ${event.result.verdict === 'pass' ? 'pass' : 'no pass'}`
          : [],
      );
      expect(heard.toSorted()).toEqual(wanted);
    });
  });

  it.each(ENDLESS)('is not kept in memory if it is endless, with %s after the mark', (_, piece) => {
    const endless = (number: number): Uint8Array => (number === 0 ? Buffer.from('start\n') : piece(number));
    expect(retainedOf(endless, reader)).toBeLessThan(4 * MEBIBYTE);
  });
});

describe('the answer of the control server', () => {
  const BODY = { public_ip: '203.0.113.7', region: 'Hesse', country: 'Germany', city: 'Frankfurt am Main' };
  const reader = (bytes$: Bytes$, scheduler = new VirtualTimeScheduler()) =>
    endpoint$(
      { kind: 'readEndpoint', lane: 'gluetun', requestId: 3, gatewayId: 'g' },
      { engine: { exec: () => bytes$ }, scheduler, controlServer: { url: 'http://h', key: 'k3y' } },
    );
  const said = fc.oneof(
    saying(JSON.stringify(BODY), '\nexit 0 -\n', '\nexit 6 -\n', 'OCI runtime exec failed\r\n', '\u001b[2J'),
    mutatedJsonText(BODY).map((body) => Buffer.from(`${body}\nexit 0 -\n`)),
  );

  it('is one event in time, without empty texts', () => {
    fuzz(outputOf(said), 800, (output) => {
      const { values, endedAtMs, error, isOpen } = played(output, reader);
      expect([values.length, error, isOpen]).toEqual([1, undefined, false]);
      expect(endedAtMs).toBeLessThanOrEqual(15_000);
      const { type, at: _, requestId: __, ...told } = values[0] ?? {};
      expect(type).toMatch(/^endpoint(Read|Unavailable)$/);
      expect(
        Object.values(told).every(
          (part) => part === undefined || (typeof part === 'string' && part.trim() === part && part !== ''),
        ),
      ).toBe(true);
    });
  });

  it('is read from the body, and the same wherever it is split', () => {
    fuzz(split(said), 800, ({ whole, pieces }) => {
      expect(played(pieces, reader).values).toEqual(played(whole, reader).values);
    });
    const bodies = fc.dictionary(
      fc.constantFrom('public_ip', 'country', 'region', 'city', 'hostname'),
      fc.string({ minLength: 1 }),
    );
    const answers = bodies.chain((body) =>
      split(fc.constant(Buffer.from(`${JSON.stringify(body)}\n\nexit 0 -\n`))).map(({ pieces }) => ({
        body,
        pieces,
      })),
    );
    fuzz(answers, 500, ({ body, pieces }) => {
      const part = (name: string): string | undefined => {
        const text = body[name]?.trim();
        return text === '' ? undefined : text;
      };
      expect(played(pieces, reader).values).toMatchObject([
        {
          type: 'endpointRead',
          ip: part('public_ip'),
          country: part('country'),
          region: part('region'),
          city: part('city'),
        },
      ]);
    });
  });

  it.each(ENDLESS)('is not kept in memory if it is endless, with %s', (_, piece) => {
    // At most a hundred lines of 64 KiB each.
    expect(retainedOf(piece, reader)).toBeLessThan(10 * MEBIBYTE);
  });
});

describe('the output of a restart of the VPN', () => {
  const LINES = [
    'status vpn 0 200 {"status":"running"}\n',
    'stop vpn 0 200 {"outcome":"stopped"}\n',
    'start vpn 0 200 {"outcome":"running"}\n',
  ];
  const reader = (bytes$: Bytes$, scheduler = new VirtualTimeScheduler()) =>
    vpnRestart$('g', {
      engine: { exec: () => bytes$ },
      scheduler,
      controlServer: { url: 'http://h', key: 'k3y' },
    });
  const said = saying(
    ...LINES, 'no GNU wget\n', 'status', 'stop', 'start', 'vpn', 'openvpn', '0', '8', '-', '200', '401', '404',
    '{"status":"crashed"}', '{"outcome":"already crashed"}', 'OCI runtime exec failed\r\n',
  ); // prettier-ignore
  const RESULTS = ['restarted', 'unavailable', 'unauthorised', 'crashed', 'failed'];

  const expectSound = (restart: VpnRestart | undefined): void => {
    expect(RESULTS).toContain(restart?.result);
    expect(restart?.result === 'restarted' ? 'it' : restart && 'reason' in restart && restart.reason).toMatch(
      /^[^\n]+$/,
    );
  };

  it('is one result in time', () => {
    fuzz(outputOf(said), 800, (output) => {
      const { values, endedAtMs, error, isOpen } = played(output, reader);
      expect([values.length, error, isOpen]).toEqual([1, undefined, false]);
      expect(endedAtMs).toBeLessThanOrEqual(45_000);
      values.forEach(expectSound);
    });
  });

  it('is the same wherever it is split, and no restart if no start was answered', () => {
    fuzz(split(said), 800, ({ whole, pieces }) => {
      const { values } = played(pieces, reader);
      expect(values).toEqual(played(whole, reader).values);
      const text = Buffer.concat(whole.pieces.map(({ bytes }) => bytes)).toString();
      const isAnswered = /start (vpn|openvpn) .*(running|starting)/.test(text);
      expect(values[0]?.result === 'restarted' && !isAnswered).toBe(false);
    });
  });

  it.each(ENDLESS)('is not kept in memory if it is endless, with %s', (_, piece) => {
    expect(retainedOf(piece, reader)).toBeLessThan(4 * MEBIBYTE);
  });
});
