import type {
  ConditionStatus,
  DependentStatus,
  GatewayStatus,
  SiteStatus,
  Status,
} from '../status/schema.ts';
import { spell } from '../notices/duration.ts';

const COLOURS = { green: 32, red: 31, yellow: 33, grey: 90 } as const;
type Colour = keyof typeof COLOURS;

interface Cell {
  readonly text: string;
  readonly colour?: Colour;
}
type Row = readonly (Cell | string)[];

/** The status for a person: the sentence first, then what is wrong, then each gateway with its sites and dependents. */
export function tableOf(status: Status, { hasColours }: { readonly hasColours: boolean }): readonly string[] {
  const now = Date.parse(status.time);
  const tables: readonly (readonly Row[])[] = [
    [[{ text: status.sentence, colour: MOODS[status.mood] }]],
    status.conditions.flatMap((condition) => conditionRows(condition, now)),
    [
      ['GATEWAY', 'TUNNEL', 'SINCE', 'EXIT', 'SITES', 'DEPENDENTS', 'CHECKED'],
      ...status.gateways.map((one) => gatewayRow(one, now)),
    ],
    status.gateways.flatMap((one) => recoveryRows(one)),
    withHead(
      ['SITE', 'STATE', 'ANSWERED IN', 'WHY', ''],
      eachOf(status, ({ sites }) => sites.map(siteRow)),
    ),
    withHead(
      ['DEPENDENT', 'STATE', 'SINCE', 'WHY', ''],
      eachOf(status, ({ dependents }) => dependents.map((one) => dependentRow(one, now))),
    ),
    [[{ text: footOf(status), colour: 'grey' }]],
  ];
  return tables
    .filter((rows) => rows.length > 0)
    .flatMap((rows, index) => [...(index === 0 ? [] : ['']), ...laidOut(rows, hasColours)]);
}

const MOODS = { well: 'green', busy: 'yellow', trouble: 'red', unknown: 'yellow' } as const;
const SEVERITIES = { critical: 'red', warning: 'yellow', info: 'grey' } as const;
const TUNNELS = { up: 'green', down: 'red', stopped: 'yellow', unknown: 'yellow' } as const;
const SITES = { up: 'green', failing: 'yellow', down: 'red', unknown: 'yellow' } as const;

const ago = (time: string, now: number): string => spell(now - Date.parse(time));

function conditionRows({ severity, sentence, remedy, since, until }: ConditionStatus, now: number): Row[] {
  const lasts = `for ${ago(since, now)}${until === null ? '' : `, and another ${spell(Date.parse(until) - now)}`}`;
  return [
    [{ text: severity, colour: SEVERITIES[severity] }, `${sentence} (${lasts})`],
    ...(remedy === '' ? [] : [['', { text: remedy, colour: 'grey' as const }]]),
  ];
}

function gatewayRow(one: GatewayStatus, now: number): Row {
  const exit = [one.ip, [one.city, one.country].filter((part) => part !== null).join(', ')]
    .filter((part) => part !== null && part !== '')
    .join(' ');
  return [
    one.name,
    { text: one.tunnel, colour: TUNNELS[one.tunnel] },
    ago(one.since, now),
    exit === '' ? '-' : exit,
    ratio(one.sites_up, one.sites_total),
    ratio(one.dependents_fresh, one.dependents_total),
    one.check === null ? 'never' : `${spell(one.check.age_seconds * 1000)} ago`,
  ];
}

const ratio = (part: number, whole: number): Cell => ({
  text: `${String(part)}/${String(whole)}`,
  ...(part < whole && { colour: 'yellow' as const }),
});

/** The recovery under way, step by step. */
function recoveryRows({ name, recovery }: GatewayStatus): Row[] {
  if (recovery?.ended !== null) return [];
  return [
    [`Recovery of ${name}`, '', `${spell(recovery.seconds * 1000)} so far`],
    ...recovery.steps.map(({ step, seconds }): Row => [
      '',
      STEPS[step],
      seconds === null ? { text: 'now', colour: 'yellow' as const } : spell(seconds * 1000),
    ]),
  ];
}

const STEPS: Readonly<Record<NonNullable<GatewayStatus['recovery']>['steps'][number]['step'], string>> = {
  restartingVpn: 'reconnect the VPN',
  verifyingVpn: 'wait for a check to pass',
  restarting: 'restart the container',
  awaitingReady: 'wait until it is ready',
  verifying: 'wait for a check to pass',
  listing: 'look for its dependents',
  repairing: 'put them back',
};

const siteRow = ({ name, role, state, failures, threshold, latency_seconds, reason }: SiteStatus): Row => [
  name,
  {
    text: state === 'failing' ? `failing ${String(failures)}/${String(threshold)}` : state,
    colour: SITES[state],
  },
  latency_seconds === null ? '' : `${String(Math.round(latency_seconds * 1000))} ms`,
  [reason ?? '', role === 'advisory' ? '(advisory)' : ''].filter((part) => part !== '').join(' '),
];

function dependentRow({ name, attachment, since, waits, why }: DependentStatus, now: number): Row {
  const colour = attachment === 'fresh' ? 'green' : attachment === 'stopped' || waits ? 'yellow' : 'red';
  return [name, { text: ATTACHMENTS[attachment], colour }, ago(since, now), why];
}

const ATTACHMENTS: Readonly<Record<DependentStatus['attachment'], string>> = {
  fresh: 'on the network',
  stale: 'cut off',
  orphaned: 'orphaned',
  failedToJoin: 'could not join',
  stopped: 'stopped',
  apart: 'elsewhere',
  unknown: 'not known',
};

const footOf = ({ version, uptime_seconds, dry_run, engine }: Status): string =>
  [
    `gluetun-monitor ${version}, up for ${spell(uptime_seconds * 1000)}`,
    ...(engine === 'connected' ? [] : [`engine ${engine}`]),
    ...(dry_run ? ['dry run: nothing is changed'] : []),
  ].join('; ');

/** With several gateways each row ends in whose it is. */
const eachOf = ({ gateways }: Status, rowsOf: (gateway: GatewayStatus) => readonly Row[]): readonly Row[] =>
  gateways.flatMap((gateway) =>
    rowsOf(gateway).map((row) => [...row, ...(gateways.length > 1 ? [`(${gateway.name})`] : [])]),
  );

/** A column in which nobody has anything to say has no title. */
const withHead = (head: readonly string[], rows: readonly Row[]): readonly Row[] =>
  rows.length === 0
    ? []
    : [head.map((title, at) => (rows.some((row) => textOf(row[at]) !== '') ? title : '')), ...rows];

const textOf = (cell: Row[number] = ''): string => (typeof cell === 'string' ? cell : cell.text);

/** Columns two blanks apart. A cell is padded before it is coloured: what a terminal obeys has no width. */
function laidOut(rows: readonly Row[], hasColours: boolean): readonly string[] {
  const cells = rows.map((row) =>
    row.map((cell): Cell => (typeof cell === 'string' ? { text: cell } : cell)),
  );
  const widths = cells.reduce<readonly number[]>(
    (known, row) =>
      Array.from({ length: Math.max(known.length, row.length) }, (_, at) =>
        Math.max(known[at] ?? 0, row[at]?.text.length ?? 0),
      ),
    [],
  );
  return cells.map((row) =>
    row
      .map(({ text, colour }, at) => {
        const isLast = row.slice(at + 1).every((later) => later.text === '');
        const padded = isLast ? text : text.padEnd(widths[at] ?? 0);
        return hasColours && colour !== undefined
          ? `\u001b[${String(COLOURS[colour])}m${padded}\u001b[0m`
          : padded;
      })
      .join('  ')
      .trimEnd(),
  );
}
