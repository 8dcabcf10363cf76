import type { ContainerFacts } from '../streams/events.ts';

/**
 * When a container's present run began, on the monitor's own clock, as far as its looks at it tell: after the last look
 * that showed another run, and by the first that showed this one. That holds whatever the host's clock is set to.
 */
export interface SeenStart {
  /** `State.StartedAt` of the run. */
  readonly startedAt: string;
  /** Undefined: it was there already when the monitor looked for the first time. */
  readonly after: number | undefined;
  readonly by: number;
  /** When the latest look that showed this run was asked for. */
  readonly lastSeenAt: number;
}

export type SeenStarts = Readonly<Record<string, SeenStart>>;

/** When a look was asked for, and when its answer came. */
interface Look {
  readonly requestedAt: number;
  readonly at: number;
}

/** A look at all there are: when it was asked for, and the ids it showed. */
export interface Listing {
  readonly requestedAt: number;
  readonly ids: readonly string[];
}

/** With what one more look at it tells, after the latest listing before; a look without details tells nothing. */
export function withLook(
  starts: SeenStarts,
  { id, details }: ContainerFacts,
  look: Look,
  listing: Listing | undefined,
): SeenStarts {
  if (details === undefined) return starts;
  const known = starts[id];
  const isKnown = known?.startedAt === details.startedAt;
  // An older answer that comes late shows a run that is over.
  if (known !== undefined && look.requestedAt < known.lastSeenAt) return starts;
  const seen = isKnown
    ? { ...known, lastSeenAt: look.requestedAt }
    : {
        startedAt: details.startedAt,
        after: known === undefined ? lastAbsent(id, listing) : known.lastSeenAt,
        by: look.at,
        lastSeenAt: look.requestedAt,
      };
  return { ...starts, [id]: seen };
}

/** Whom a listing did not show has been created since it was asked for. */
const lastAbsent = (id: string, listing: Listing | undefined): number | undefined =>
  listing?.ids.includes(id) === false ? listing.requestedAt : undefined;

/** Only of those that there still are. */
export const seenOf = (starts: SeenStarts, ids: readonly string[]): SeenStarts =>
  Object.fromEntries(Object.entries(starts).filter(([id]) => ids.includes(id)));

/**
 * Whether one run began before another: by the monitor's looks where they leave no doubt, else by the engine's clock.
 * That clock may have been set in between: by itself it would call a container cut off for hours that is not, or the
 * reverse. Undefined: neither tells.
 */
export function beganBefore(
  one: ContainerFacts,
  other: ContainerFacts,
  starts: SeenStarts,
): boolean | undefined {
  const [seen, otherSeen] = [seenStart(one, starts), seenStart(other, starts)];
  if (seen !== undefined && otherSeen !== undefined) {
    if (otherSeen.after !== undefined && seen.by <= otherSeen.after) return true;
    if (seen.after !== undefined && otherSeen.by <= seen.after) return false;
  }
  const [at, otherAt] = [one.details?.startedAtMs, other.details?.startedAtMs];
  return at === undefined || otherAt === undefined ? undefined : at < otherAt;
}

/** Of the run that these facts are of. */
const seenStart = ({ id, details }: ContainerFacts, starts: SeenStarts): SeenStart | undefined =>
  starts[id]?.startedAt === details?.startedAt ? starts[id] : undefined;
