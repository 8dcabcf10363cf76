import { stripVTControlCharacters } from 'node:util';
import { statusOf } from '../../../src/status/status.ts';
import type { Status } from '../../../src/status/schema.ts';
import { tableOf } from '../../../src/cli/status-table.ts';
import {
  STORY_BEGINS,
  asked,
  checkFailed,
  checkPassed,
  minutes,
  onGateway,
  publicIpLogged,
  seconds,
  stoppedByHand,
} from '../builders.ts';
import { type History, settled } from '../history.ts';

const PLAIN = { hasColours: false };

const shown = ({ everything, now }: History): Status =>
  statusOf(everything, { at: now, wallMs: now, startedAt: STORY_BEGINS });
const table = (history: History): string => `\n${tableOf(shown(history), PLAIN).join('\n')}\n`;

const well = (): History =>
  settled([onGateway('app'), onGateway('web')]).feed(
    publicIpLogged('203.0.113.7', { country: 'Netherlands', city: 'Amsterdam' }),
    minutes(90),
  );

describe('the table of `status`', () => {
  it('says that all is well, then shows the gateway, its exit, its sites and its dependents', () => {
    const history = well().feed(checkPassed(), seconds(7));
    expect(table(history).replace(/gluetun-monitor \d\S+,/, 'gluetun-monitor VERSION,')).toBe(`
All is well.

GATEWAY  TUNNEL  SINCE   EXIT                                SITES  DEPENDENTS  CHECKED
gluetun  up      1h 30m  203.0.113.7 Amsterdam, Netherlands  1/1    2/2         1h 29m ago

SITE       STATE  ANSWERED IN
https://a  up     40 ms

DEPENDENT  STATE           SINCE
app        on the network  1h 30m
web        on the network  1h 30m

gluetun-monitor VERSION, up for 1h 30m
`);
  });

  it('says first what is wrong and what somebody can do about it', () => {
    const lines = tableOf(shown(well().feed(stoppedByHand('gluetun'), seconds(20))), PLAIN);
    expect(lines[0]).toBe('gluetun is not running: somebody has stopped it.');
    expect(lines[2]).toMatch(/^critical {2}gluetun is not running: somebody has stopped it\. \(for 20s\)$/);
    expect(lines[3]).toMatch(/^ {10}Start the gateway when you want it to run again\.$/);
  });

  it('shows why a site fails, and how near it is to counting as down', () => {
    expect(table(well().feed(checkFailed(), seconds(1)))).toMatch(
      /^https:\/\/a {2}failing 1\/2 +Network failure \(DNS or connection\)$/m,
    );
  });

  it('shows how long a pause goes on, and how to end it', () => {
    const shownTable = table(well().feed(asked('pause'), minutes(10)));
    expect(shownTable).toMatch(/^warning {2}The monitor is paused: .* \(for 10m, and another 20m\)$/m);
    expect(shownTable).toMatch(/gluetun-monitor resume/);
  });

  it('shows a recovery step by step', () => {
    const history = well().feed(asked('recover'), seconds(8));
    expect(table(history)).toMatch(/^Recovery of gluetun {25}8s so far\n +restart the container {2}now$/m);
  });

  it('has the same text with colours and without', () => {
    const status = shown(well().feed(asked('pause'), stoppedByHand('app'), checkFailed(), minutes(1)));
    const coloured = tableOf(status, { hasColours: true });
    expect(coloured.join('\n')).toContain('\u001b[');
    expect(coloured.map((line) => stripVTControlCharacters(line).trimEnd())).toEqual(tableOf(status, PLAIN));
  });

  it('says whose a site or a dependent is if there are several gateways', () => {
    const status = shown(well());
    const [one] = status.gateways;
    if (one === undefined) throw new Error('there is one gateway');
    const lines = tableOf({ ...status, gateways: [one, { ...one, name: 'gluetun-us' }] }, PLAIN);
    expect(lines.filter((line) => /^app .*\(gluetun\)$/.test(line))).toHaveLength(1);
    expect(lines.filter((line) => /^app .*\(gluetun-us\)$/.test(line))).toHaveLength(1);
  });
});
