import type { EngineWrites } from '../../src/acts/engine-writes.ts';
import type { EngineReadings } from '../../streams/engine.ts';

/** What asks the engine for something. */
type EngineCall = Exclude<keyof EngineReadings, 'clockMs'> | keyof EngineWrites;

/** `METHOD /path`, without the version of the API and without the query. */
export type EngineRequest = `${'GET' | 'HEAD' | 'POST' | 'DELETE'} /${string}`;

/** What has to be allowed, in steps: watching alone, repairs besides, re-creation besides. */
export const STEPS = ['watching', 'repairs', 're-creation'] as const;
export type Step = (typeof STEPS)[number];

/** What must be set for a step to be made. */
export const OPTIONS: Readonly<Record<Step, string>> = {
  watching: 'always',
  repairs: '`DRY_RUN=false`',
  're-creation': '`DRY_RUN=false` and `AUTO_RECREATE=true`',
};

interface EngineCallRow {
  readonly requests: readonly EngineRequest[];
  readonly step: Step;
  /** Why it is made, in Markdown. */
  readonly purpose: string;
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
  },
  openEvents: {
    requests: ['GET /events'],
    step: 'watching',
    purpose: 'what happens, as it happens',
  },
  pastEvents: {
    requests: ['GET /events'],
    step: 'watching',
    purpose: 'whether the engine itself stopped what is stopped',
  },
  list: {
    requests: ['GET /containers/json'],
    step: 'watching',
    purpose: 'which containers there are, and on whose network',
  },
  inspect: {
    requests: ['GET /containers/{id}/json'],
    step: 'watching',
    purpose: 'the details of one, also right before and after each change',
  },
  followLog: {
    requests: ['GET /containers/{id}/logs'],
    step: 'watching',
    purpose: "Gluetun's log: its address, its own restarts, why it cannot connect",
  },
  exec: {
    requests: ['POST /containers/{id}/exec', 'POST /exec/{id}/start'],
    step: 'watching',
    purpose: 'inside Gluetun: the checks, the questions to its control server, `RECOVERY_STRATEGY=vpn-first`',
  },
  restart: {
    requests: ['POST /containers/{id}/restart'],
    step: 'repairs',
    purpose: 'recoveries of Gluetun, repairs of dependents',
  },
  start: {
    requests: ['POST /containers/{id}/start'],
    step: 'repairs',
    purpose: 'a Gluetun that crashed; what was re-created',
  },
  inspectImage: {
    requests: ['GET /images/{name}/json'],
    step: 're-creation',
    purpose: 'what comes from the image, and is not to be written down',
  },
  volumes: {
    requests: ['GET /volumes'],
    step: 're-creation',
    purpose: 'the name of a volume that the details leave out',
  },
  changes: {
    requests: ['GET /containers/{id}/changes'],
    step: 're-creation',
    purpose: 'whether the container has files of its own that would be lost',
  },
  fileStat: {
    requests: ['HEAD /containers/{id}/archive'],
    step: 're-creation',
    purpose: 'of when those files are',
  },
  stop: {
    requests: ['POST /containers/{id}/stop'],
    step: 're-creation',
    purpose: 'the old one is stopped',
  },
  rename: {
    requests: ['POST /containers/{id}/rename'],
    step: 're-creation',
    purpose: 'the old one is put aside, and back if it fails',
  },
  create: {
    requests: ['POST /containers/create'],
    step: 're-creation',
    purpose: 'the new one',
  },
  remove: {
    requests: ['DELETE /containers/{id}'],
    step: 're-creation',
    purpose: 'the old one is removed once the new one runs',
  },
};

/** A row of the tables: a request, with all that it is made for. */
export interface Allowed {
  readonly request: EngineRequest;
  readonly step: Step;
  readonly purposes: readonly string[];
}

/** Each request once, in the order of the steps. */
export const ALLOWED: readonly Allowed[] = Object.values(ENGINE_CALLS).reduce<readonly Allowed[]>(
  (rows, { requests, step, purpose }) =>
    requests.reduce((all, request) => withRequest(all, { request, step, purposes: [purpose] }), rows),
  [],
);

function withRequest(rows: readonly Allowed[], row: Allowed): readonly Allowed[] {
  const known = rows.find(({ request }) => request === row.request);
  if (known === undefined) return [...rows, row];
  const both = { ...known, purposes: [...known.purposes, ...row.purposes] };
  return rows.map((one) => (one === known ? both : one));
}

/** What may stand in for a placeholder: no other segment of a path, and nothing that is encoded. */
const PLACEHOLDERS: Readonly<Record<string, string>> = {
  '{id}': '[a-zA-Z0-9][a-zA-Z0-9_.-]*',
  // Has slashes, as in `registry.example:5000/name:tag`.
  '{name}': '[a-zA-Z0-9][a-zA-Z0-9_.:@-]*(/[a-zA-Z0-9][a-zA-Z0-9_.:@-]*)*',
};

/** The paths of a request as a regular expression, in the dialect that haproxy and JavaScript share. */
export const pathPattern = (request: EngineRequest): string => {
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

/** The table of the documents, in Markdown. */
export const callsTable = (): readonly (readonly string[])[] => [
  ['Request', 'What for', 'Needed if'],
  ...ALLOWED.map(({ request, purposes, step }) => [`\`${request}\``, purposes.join('; '), OPTIONS[step]]),
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
