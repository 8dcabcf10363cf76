import type { Container } from './container.ts';
import { EngineError, invalidFilter } from './errors.ts';
import type { EngineEvent } from './events.ts';

/** The `filters` parameter: for each key the values, any of which may fit. */
export type Filters = ReadonlyMap<string, readonly string[]>;

/** Accepts both formats: `{"event":["die"]}` and the older `{"event":{"die":true}}`. */
export function parseFilters(text: string | null): Filters {
  if (text === null || text === '') return new Map();
  const parsed = parseJson(text);
  if (typeof parsed !== 'object' || parsed === null) throw new EngineError(400, 'invalid filter');
  return new Map(Object.entries(parsed).map(([key, values]) => [key, valuesOf(values)]));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new EngineError(500, `invalid character '${text.slice(0, 1)}' looking for beginning of value`);
  }
}

const valuesOf = (values: unknown): readonly string[] =>
  Array.isArray(values) ? values.map(String) : Object.keys(values as object);

/** The engine's rules for events; it ignores unknown keys. */
export const eventFilter =
  (filters: Filters) =>
  (event: EngineEvent): boolean =>
    matchesAction(filters, event) &&
    matchesExactly(filters, 'type', event.type) &&
    matchesContainer(filters, event) &&
    matchesExactly(filters, 'image', event.attributes['image'] ?? '') &&
    matchesLabels(filters, event.attributes);

/** If one of these is in the list without its detail, every value of the list becomes a prefix. */
const MAKE_ALL_PREFIXES = ['health_status', 'exec_create', 'exec_start'];

function matchesAction(filters: Filters, { action }: EngineEvent): boolean {
  const wanted = filters.get('event');
  if (wanted === undefined) return true;
  const prefixes = MAKE_ALL_PREFIXES.some((name) => wanted.includes(name));
  return wanted.some((value) => (prefixes ? action.startsWith(value) : action === value));
}

/** By the beginning of the id or of the name: `gluetun` delivers the events of `gluetun2` too. */
function matchesContainer(filters: Filters, { type, id, attributes }: EngineEvent): boolean {
  const wanted = filters.get('container');
  if (wanted === undefined) return true;
  const name = attributes['name'] ?? '';
  return type === 'container' && wanted.some((value) => id.startsWith(value) || name.startsWith(value));
}

function matchesExactly(filters: Filters, key: string, value: string): boolean {
  return filters.get(key)?.includes(value) ?? true;
}

function matchesLabels(filters: Filters, labels: Readonly<Record<string, string>>): boolean {
  return (filters.get('label') ?? []).every((wanted) => {
    const [key = '', ...rest] = wanted.split('=');
    const value = labels[key];
    return value !== undefined && (rest.length === 0 || value === rest.join('='));
  });
}

const STATUSES = ['created', 'restarting', 'running', 'removing', 'paused', 'exited', 'dead'];
const LIST_KEYS = ['label', 'name', 'id', 'status', 'health'];

/** The engine's rules for listings: it refuses an unknown key or status. */
export function listFilter(filters: Filters): (container: Container) => boolean {
  const unknown = [...filters.keys()].find((key) => !LIST_KEYS.includes(key));
  if (unknown !== undefined) throw invalidFilter(unknown);
  const bogus = filters.get('status')?.find((status) => !STATUSES.includes(status));
  if (bogus !== undefined) throw invalidFilter(`status=${bogus}`);
  return (container) =>
    matchesLabels(filters, container.labels) &&
    matchesPattern(filters, 'name', container.name) &&
    matchesPattern(filters, 'id', container.id) &&
    matchesExactly(filters, 'status', container.status) &&
    matchesExactly(filters, 'health', container.health?.status ?? 'none');
}

/** Names and ids in listings are regular expressions that may match anywhere. */
function matchesPattern(filters: Filters, key: string, text: string): boolean {
  return (
    filters
      .get(key)
      ?.some((pattern) => new RegExp(pattern).test(text) || new RegExp(pattern).test(`/${text}`)) ?? true
  );
}
