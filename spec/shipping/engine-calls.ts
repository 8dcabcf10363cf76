import type { EngineWrites } from '../../src/acts/engine-writes.ts';
import type { EngineReadings } from '../../streams/engine.ts';

/** What asks the engine for something. */
type EngineCall = Exclude<keyof EngineReadings, 'clockMs'> | keyof EngineWrites;

/** `METHOD /path`, without the version of the API and without the query. */
export type EngineRequest = `${'GET' | 'HEAD' | 'POST' | 'DELETE'} /${string}`;

/** What has to be allowed, in steps: watching alone, repairs besides, re-creation besides. */
export const STEPS = ['watching', 'repairs', 're-creation'] as const;
export type Step = (typeof STEPS)[number];

interface EngineCallRow {
  readonly requests: readonly EngineRequest[];
  readonly step: Step;
  /** Why it is made, in Markdown. */
  readonly purpose: string;
  /** What is lost if it alone is forbidden (spec/e2e/proxy/forbidden-calls.spec.ts). */
  readonly without: string;
}

/**
 * Every call to the engine: one that is missing here does not compile. The requests are held to what is seen on a real
 * engine (spec/e2e/engine-calls.spec.ts), docker/haproxy.cfg and the documents to the requests.
 */
const ENGINE_CALLS: Readonly<Record<EngineCall, EngineCallRow>> = {
  info: {
    requests: ['GET /info'],
    step: 'watching',
    purpose: 'whether the engine itself stopped what is stopped',
    without: 'what the engine itself stopped when it crashed counts as stopped by hand',
  },
  openEvents: {
    requests: ['GET /events'],
    step: 'watching',
    purpose: 'what happens, as it happens',
    without: 'all is noticed later, from listings; a Gluetun that crashed stays down',
  },
  pastEvents: {
    requests: ['GET /events'],
    step: 'watching',
    purpose: 'whether the engine itself stopped what is stopped',
    without: 'what the engine itself stopped when it crashed counts as stopped by hand',
  },
  list: {
    requests: ['GET /containers/json'],
    step: 'watching',
    purpose: 'which containers there are, and on whose network',
    without: 'nothing is watched, and nothing repaired',
  },
  inspect: {
    requests: ['GET /containers/{id}/json'],
    step: 'watching',
    purpose: 'the details of one, also right before and after each change',
    without: 'nothing is watched, and nothing repaired',
  },
  followLog: {
    requests: ['GET /containers/{id}/logs'],
    step: 'watching',
    purpose: "Gluetun's log: its address, its own restarts, why it cannot connect",
    without: 'its address, and why it fails, are learnt late or never',
  },
  exec: {
    requests: ['POST /containers/{id}/exec', 'POST /exec/{id}/start'],
    step: 'watching',
    purpose: 'inside Gluetun: the checks, the questions to its control server, `RECOVERY_STRATEGY=vpn-first`',
    without: 'a broken tunnel is not noticed; dependents are still put back',
  },
  restart: {
    requests: ['POST /containers/{id}/restart'],
    step: 'repairs',
    purpose: 'recoveries of Gluetun, repairs of dependents',
    without: 'nothing is recovered, and no dependent put back but by re-creation',
  },
  start: {
    requests: ['POST /containers/{id}/start'],
    step: 'repairs',
    purpose: 'a Gluetun that crashed; what was re-created',
    without: 'a Gluetun that crashed stays down; no re-creation',
  },
  inspectImage: {
    requests: ['GET /images/{name}/json'],
    step: 're-creation',
    purpose: 'what comes from the image, and is not to be written down',
    without: 'no re-creation',
  },
  volumes: {
    requests: ['GET /volumes'],
    step: 're-creation',
    purpose: 'the name of a volume that the details leave out',
    without: 'a dependent with such a volume is not re-created',
  },
  changes: {
    requests: ['GET /containers/{id}/changes'],
    step: 're-creation',
    purpose: 'whether the container has files of its own that would be lost',
    without: 'no re-creation',
  },
  fileStat: {
    requests: ['HEAD /containers/{id}/archive'],
    step: 're-creation',
    purpose: 'of when those files are',
    without: 'no re-creation',
  },
  stop: {
    requests: ['POST /containers/{id}/stop'],
    step: 're-creation',
    purpose: 'the old one is stopped',
    without: 'no re-creation',
  },
  rename: {
    requests: ['POST /containers/{id}/rename'],
    step: 're-creation',
    purpose: 'the old one is put aside, and back if it fails',
    without: 'no re-creation',
  },
  create: {
    requests: ['POST /containers/create'],
    step: 're-creation',
    purpose: 'the new one',
    without: 'no re-creation',
  },
  remove: {
    requests: ['DELETE /containers/{id}'],
    step: 're-creation',
    purpose: 'the old one is removed once the new one runs',
    without: 'no re-creation',
  },
};

/** A row of the tables: a request, with all that it is made for. */
export interface Allowed {
  readonly request: EngineRequest;
  readonly step: Step;
  readonly purposes: readonly string[];
  readonly losses: readonly string[];
}

/** Each request once, in the order of the steps. */
export const ALLOWED: readonly Allowed[] = Object.values(ENGINE_CALLS).reduce<readonly Allowed[]>(
  (rows, { requests, step, purpose, without }) =>
    requests.reduce(
      (all, request) => withRequest(all, { request, step, purposes: [purpose], losses: [without] }),
      rows,
    ),
  [],
);

function withRequest(rows: readonly Allowed[], row: Allowed): readonly Allowed[] {
  const known = rows.find(({ request }) => request === row.request);
  if (known === undefined) return [...rows, row];
  const both = {
    ...known,
    purposes: [...known.purposes, ...row.purposes],
    losses: [...known.losses, ...row.losses],
  };
  return rows.map((one) => (one === known ? both : one));
}

/** What may stand in for a placeholder: no other segment of a path, and nothing that is encoded. */
const PLACEHOLDERS: Readonly<Record<string, string>> = {
  '{id}': '[a-zA-Z0-9][a-zA-Z0-9_.-]*',
  // Has slashes, as in `registry.example:5000/name:tag`.
  '{name}': '[a-zA-Z0-9][a-zA-Z0-9_.:@-]*(/[a-zA-Z0-9][a-zA-Z0-9_.:@-]*)*',
};

/** The paths of a request as a regular expression, in the dialect that haproxy and JavaScript share. */
const pathPattern = (request: EngineRequest): string => {
  const path = request.replace(/^\w+ /, '').replace(/\{\w+\}/g, (name) => PLACEHOLDERS[name] ?? name);
  return `^(/v1[.][0-9]+)?${path}$`;
};

/** The row that allows what was asked; undefined if none does. */
export function allowedBy(method: string, path: string): Allowed | undefined {
  return ALLOWED.find(
    ({ request }) => request.startsWith(`${method} `) && new RegExp(pathPattern(request)).test(path),
  );
}

/** One rule of docker/haproxy.cfg. */
export const haproxyRule = (request: EngineRequest): string =>
  `http-request allow if { method ${methodOf(request)} } { path -m reg ${pathPattern(request)} }`;

/** The rules of docker/haproxy.cfg, by step. */
export const haproxyRules = (): string =>
  STEPS.map((step) =>
    [
      `    # ${TITLES[step]}`,
      ...ALLOWED.filter((row) => row.step === step).map(({ request }) => `    ${haproxyRule(request)}`),
    ].join('\n'),
  ).join('\n');

const TITLES: Readonly<Record<Step, string>> = {
  watching: 'Watching: always needed.',
  repairs: 'Repairs: leave these out if you set DRY_RUN=true for good.',
  're-creation': 'Re-creation: leave these out if you set AUTO_RECREATE=false.',
};

/** The table of a step for the documents, in Markdown. */
export const callsTable = (step: Step): readonly (readonly string[])[] => [
  ['Request', 'What for', 'If it alone is forbidden'],
  ...ALLOWED.filter((row) => row.step === step).map(({ request, purposes, losses }) => [
    `\`${request}\``,
    purposes.join('; '),
    losses.join('; '),
  ]),
];

/** The variables of a proxy that knows sections of the API only, for these steps. */
export function sectionVariables(steps: readonly Step[]): readonly string[] {
  const rows = ALLOWED.filter(({ step }) => steps.includes(step));
  return [...new Set(rows.flatMap(({ request }) => variablesFor(request)))].sort();
}

function variablesFor(request: EngineRequest): readonly string[] {
  const method = methodOf(request);
  const section = /\/(\w+)/.exec(request)?.[1]?.toUpperCase() ?? '';
  return [section, ...(method === 'GET' || method === 'HEAD' ? [] : ['POST'])];
}

const methodOf = (request: EngineRequest): string => request.slice(0, request.indexOf(' '));
