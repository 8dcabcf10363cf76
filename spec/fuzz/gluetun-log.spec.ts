import fc from 'fast-check';
import { NEVER, type Observable, VirtualTimeScheduler, concat, of, throwError } from 'rxjs';
import { EngineError } from '../../streams/engine.ts';
import type { GatewayLogEvent, GatewayLogFact, GatewayLogReadingEvent } from '../../streams/events.ts';
import { gatewayLog$ } from '../../streams/gateway-log.ts';
import { parseGluetunLine } from '../../streams/gluetun-log-line.ts';
import { recordedLog } from '../transcripts.ts';
import { anyBytes, anyText, textOf } from './arbitraries.ts';
import { fuzz } from './fuzz.ts';
import { mutatedBytes } from './mutations.ts';
import { type Output, atOnce, framedAnywhere, outputOf, played, splitAnywhere } from './output.ts';
import { MEBIBYTE, retainedByReader } from './retained.ts';

const LOGS = [
  'openvpn-udp',
  'openvpn-udp-tty',
  'openvpn-auth-failed',
  'wireguard-outage',
  'wireguard-restart-stop-start',
].map(recordedLog);
const STARTED_AT = '2026-11-22T18:14:48.5Z';

const AT = '2026-11-22T18:14:49Z';
const LINES = LOGS.flatMap((log) => log.split('\n')).filter((line) => parseGluetunLine(line) !== undefined);

/** Most are recorded lines; in some the words are combined anew. */
const anyLine = fc.oneof(
  fc.constantFrom(...LINES).chain((line) => mutatedBytes(Buffer.from(line)).map((bytes) => Buffer.from(bytes).toString())),
  textOf([
    `${AT} `, 'INFO ', 'ERROR ', '[ip getter] ', 'ip getter: ', '[openvpn] ', '[wireguard] ', '[vpn] ', 'Public IP address is ',
    '1.2.3.4', '2001:db8::1', ' (', ')', ', ', ' - source: ', 'Germany', 'UDPv4 link remote: ', '[AF_INET]', '1.2.3.4:1194',
    'Peer Connection Initiated with ', 'Connecting to ', 'Initialization Sequence Completed', '\u001b[36m', '\u001b[0m',
    'restarting VPN because it failed to pass the healthcheck', 'program has been unhealthy for ', '6s', ': restarting VPN',
  ], 12),
  anyText,
); // prettier-ignore

function expectSound({ type, ...told }: GatewayLogFact): void {
  expect(type).toMatch(
    /^(publicIp|tunnelUp|vpnServer|vpnStopping|vpnStarting|gatewayTrouble|selfHealing)Logged$/,
  );
  const parts = Object.values(told).filter((part) => part !== undefined);
  expect(parts.filter((part) => part === '' || part.length > 2_000)).toEqual([]);
  if ('ip' in told) expect(told.ip).toMatch(/^[0-9a-fA-F:.]+$/);
}

describe('a line of the log of Gluetun', () => {
  it('gives a valid fact, or nothing', () => {
    fuzz(anyLine, 4_000, (line) => {
      const fact = parseGluetunLine(line);
      if (fact !== undefined) expectSound(fact);
    });
  });

  it('gives the address and the location that any version wrote', () => {
    // Without commas and parentheses; the space that a location may begin with is not part of it.
    const place = fc.stringMatching(/^(?:[a-zA-Zäöü東'.-]{1,12}(?: [a-zA-Z]{1,8})?)?$/);
    const written = fc.record({
      ip: fc.oneof(fc.ipV4(), fc.ipV6()),
      country: place,
      region: place,
      city: place,
      ending: fc.constantFrom('', ' - source: ipinfo', ' - source: ip2location+cloudflare'),
    });
    const before = fc.constantFrom(
      `${AT} INFO [ip getter] `,
      '2024/01/02 03:04:05 INFO ip getter: ',
      'INFO [ip getter] ',
      `\u001b[34m${AT} INFO [ip getter] \u001b[0m`,
    );
    fuzz(fc.tuple(before, written), 2_000, ([head, { ip, country, region, city, ending }]) => {
      const line = `${head}Public IP address is ${ip} (${country}, ${region}, ${city}${ending})`;
      const known = (part: string): string | undefined => (part === '' ? undefined : part);
      expect(parseGluetunLine(line)).toEqual({
        type: 'publicIpLogged', ip, country: known(country), region: known(region), city: known(city),
      }); // prettier-ignore
    });
  });
});

/** The facts, without the events on whether the log is readable. */
const factsIn = (events: readonly (GatewayLogEvent | GatewayLogReadingEvent)[]): readonly GatewayLogFact[] =>
  events.flatMap((event) => {
    if (!('isPast' in event)) return [];
    const { at: _, gatewayId: __, isPast: ___, ...fact } = event;
    return [fact];
  });

describe('the log of Gluetun', () => {
  /** As the engine sends it: each line with the engine's own timestamp. */
  const stamped = (log: string): Buffer =>
    Buffer.from(
      log
        .split('\n')
        .map((line, index) => `2026-11-22T18:14:49.${String(index).padStart(9, '0')}Z ${line}`)
        .join('\n'),
    );
  const recorded = fc.constantFrom(...LOGS).map((log) =>
    stamped(
      log
        .split('\n')
        .filter((line) => LINES.includes(line))
        .join('\n'),
    ),
  );
  const bytes = fc.oneof(
    { weight: 4, arbitrary: recorded.chain(mutatedBytes) },
    { weight: 1, arbitrary: anyBytes },
  );

  const REQUEST = {
    kind: 'followGatewayLog', lane: 'gluetun', gatewayId: 'g', startedAt: STARTED_AT, tty: true,
  } as const; // prettier-ignore
  const SECOND = Date.parse(STARTED_AT.slice(0, 19) + 'Z') / 1000;
  const BROKEN = throwError(() => new EngineError('socket hang up'));

  const followed =
    (tty: boolean) =>
    (bytes$: Observable<Uint8Array>, scheduler = new VirtualTimeScheduler()) =>
      gatewayLog$({ ...REQUEST, tty }, { followLog: () => bytes$, clockMs: () => 0 }, scheduler);
  const follow = (output: Output, tty = false) => played(output, followed(tty), 500);

  it('never fails and never ends, whatever its content', () => {
    fuzz(fc.tuple(outputOf(bytes), fc.boolean()), 500, ([output, tty]) => {
      const { values, endedAtMs, error } = played(output, followed(tty), 120_000);
      expect([endedAtMs, error]).toEqual([undefined, undefined]);
      factsIn(values).forEach(expectSound);
    });
  });

  it('gives the same facts wherever it is split, with a TTY and without one', () => {
    const split = bytes.chain((whole) =>
      fc.record({
        whole: fc.constant(whole),
        plain: splitAnywhere(whole),
        framed: framedAnywhere(whole).chain(splitAnywhere),
      }),
    );
    fuzz(split, 1_000, ({ whole, plain, framed }) => {
      const { values } = follow(atOnce([whole]), true);
      expect(follow(atOnce(plain), true).values).toEqual(values);
      expect(follow(atOnce(framed)).values).toEqual(values);
    });
  });

  it('is read once, line by line, however often the connection breaks', () => {
    const breaks = fc.array(fc.nat(), { maxLength: 6 });
    const instants = fc.array(fc.nat(3), { minLength: 12, maxLength: 12 });
    fuzz(
      fc.tuple(fc.shuffledSubarray([...LINES], { maxLength: 12 }), instants, breaks),
      500,
      ([lines, steps, places]) => {
        let nanos = 500_000_000;
        const log = lines.map((line, index) => {
          nanos += steps[index] ?? 0;
          return { since: `${SECOND}.${nanos}`, text: `${STARTED_AT.slice(0, 19)}.${nanos}Z ${line}\n` };
        });
        const rounds = [...places];
        const followLog = (_: string, options: { since: string }): Observable<Uint8Array> => {
          const from$ = Buffer.from(
            log
              .filter(({ since }) => since >= options.since)
              .map(({ text }) => text)
              .join(''),
          );
          const place = rounds.shift();
          return place === undefined
            ? concat(of(from$), NEVER)
            : concat(of(from$.subarray(0, place % (from$.length + 1))), BROKEN);
        };
        const { values } = played(atOnce([]), (_, scheduler) =>
          gatewayLog$(REQUEST, { followLog, clockMs: () => 0 }, scheduler),
        );
        expect(factsIn(values)).toEqual(lines.map(parseGluetunLine));
      },
    );
  });

  it.each([
    [
      'lines that say nothing',
      (n: number) => `2026-11-22T18:14:49.${String(n).padStart(9, '0')}Z INFO [dns] ${'x'.repeat(1_000)}\n`,
    ],
    ['lines without a time', () => `INFO [dns] ${'x'.repeat(1_000)}\n`],
    ['lines with the same time', () => `2026-11-22T18:14:49.5Z INFO [openvpn] ${'x'.repeat(1_000)}\n`],
    ['one line', () => 'x'.repeat(1_000)],
    ['binary data', (n: number) => Buffer.alloc(1_000, n % 256)],
  ])('is not kept in memory if it consists of %s', (_, piece) => {
    expect(retainedByReader({ piece, pieces: 20_000 }, followed(true))).toBeLessThan(4 * MEBIBYTE);
  });
});
