import { recordedLog } from '../transcripts.ts';
import { SimulatedEngine } from './engine.ts';
import { GluetunStandIn, type GluetunOptions, gatewayContainer } from './gluetun.ts';
import { VirtualTime, advance } from './virtual-time.ts';

interface SetUp {
  readonly standIn: GluetunStandIn;
  readonly engine: SimulatedEngine;
  readonly pass: (ms: number) => void;
  readonly log: () => string;
}

function setUp(options: GluetunOptions = {}, tty = false): SetUp {
  const scheduler = new VirtualTime();
  const engine = new SimulatedEngine(scheduler);
  const standIn = new GluetunStandIn(scheduler, options);
  const pass = (ms: number): void => advance(scheduler, ms);
  engine.create(gatewayContainer({ name: 'gluetun', standIn, tty }));
  engine.start('gluetun');
  pass(1000);
  const log = (): string => {
    const lines: string[] = [];
    const all = { stdout: true, stderr: true, since: 0n, tail: undefined, follow: false };
    engine
      .get('gluetun')
      .log.read(all)
      .subscribe(({ text }) => lines.push(text));
    return lines.join('');
  };
  return { standIn, engine, pass, log };
}

describe('the log of the simulated Gluetun', () => {
  /** Without what differs from run to run: times, addresses, places. */
  const pattern = (line: string): string =>
    line
      .replace(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/, '<time>')
      .replace(/\d+\.\d+\.\d+\.\d+(:\d+)?/g, '<address>')
      .replace(/Public IP address is \S+ \([^)]*\)/, 'Public IP address is <place>');

  const patterns = (text: string): readonly string[] => text.split('\n').map(pattern);

  it.each([
    ['wireguard', 'wireguard-outage', false],
    ['openvpn', 'openvpn-udp', false],
    ['openvpn', 'openvpn-udp-tty', true],
  ] as const)('contains only lines that a real Gluetun wrote: %s, %s', (vpn, recorded, tty) => {
    const { log } = setUp({ vpn }, tty);
    const written = new Set(patterns(recordedLog(recorded)));
    expect(patterns(log()).filter((line) => !written.has(line))).toEqual([]);
  });

  it('contains the real lines of a shutdown and of self-healing', () => {
    const { engine, standIn, log, pass } = setUp();
    standIn.healItself();
    pass(1000);
    engine.stop('gluetun');
    pass(1000);
    const written = new Set(
      patterns(recordedLog('wireguard-outage') + recordedLog('wireguard-restart-stop-start')),
    );
    expect(patterns(log()).filter((line) => !written.has(line))).toEqual([]);
    expect(log()).toMatch(/failed to pass the healthcheck[\s\S]*Shutdown successful\n$/);
  });
});
