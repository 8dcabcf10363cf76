import type { ContainerDetails, ContainerEvent, ContainerFacts, Event } from '../../streams/events.ts';
import { engineText } from './containers.ts';

/** An event arrives right after what it reports. */
const MESSAGE_FOLLOWS_MS = 5_000;

/**
 * The containers as the engine of a story has them: as the story's listings and inspections show them, and as its
 * messages change them since. What a monitor asks for is answered from here.
 */
export class EngineInMind {
  #containers: Readonly<Record<string, ContainerFacts>> = {};
  /** When those began of which the story has shown the present run before any message of it. */
  readonly #shown = new Map<string, string>();

  inspect(id: string): ContainerFacts | undefined {
    return this.#containers[id];
  }

  hear(event: Event): void {
    if (event.type === 'containersListed') {
      const known = this.#containers;
      this.#containers = {};
      event.containers.forEach((facts) => {
        this.#show(facts.id, inspectable(facts, known[facts.id]), known[facts.id]);
      });
    } else if (event.type === 'containerInspected')
      this.#show(event.id, event.facts, this.#containers[event.id]);
    else if (event.type === 'dependentRepairEnded' && event.facts !== undefined)
      this.#show(event.facts.id, event.facts, this.#containers[event.facts.id]);
    else if ('engineTimeMs' in event) this.#change(event);
  }

  #show(id: string, facts: ContainerFacts | undefined, known: ContainerFacts | undefined): void {
    const startedAt = facts?.details?.startedAt;
    if (startedAt !== undefined && startedAt !== known?.details?.startedAt) this.#shown.set(id, startedAt);
    this.#set(id, facts);
  }

  #set(id: string, facts: ContainerFacts | undefined): void {
    const { [id]: _, ...others } = this.#containers;
    this.#containers = facts === undefined ? others : { ...others, [id]: facts };
  }

  #change(event: ContainerEvent): void {
    const facts = this.#containers[event.id];
    if (facts === undefined) return;
    const { startedAt, startedAtMs = 0 } = facts.details ?? {};
    const isShown = event.type === 'containerStarted' && this.#shown.get(event.id) === startedAt;
    const isOld = event.engineTimeMs < startedAtMs && event.type !== 'containerDestroyed';
    if (isShown || (event.type === 'containerDied' && !isOld)) this.#shown.delete(event.id);
    if (!isOld && !(isShown && event.engineTimeMs - startedAtMs < MESSAGE_FOLLOWS_MS))
      this.#set(event.id, after(facts, event));
  }
}

const inspectable = (facts: ContainerFacts, known: ContainerFacts | undefined): ContainerFacts =>
  facts.details === undefined && known !== undefined ? { ...facts, details: known.details } : facts;

/** What an engine shows of a container after it has said this of it. */
function after(facts: ContainerFacts, event: ContainerEvent): ContainerFacts | undefined {
  const { details } = facts;
  switch (event.type) {
    case 'containerStarted':
      return withDetails({ ...facts, runState: 'running' }, startAt(event.engineTimeMs, details));
    case 'containerDied':
      return withDetails(
        { ...facts, runState: 'exited' },
        {
          finishedAtMs: event.engineTimeMs,
          ...(event.exitCode !== undefined && { exitCode: event.exitCode }),
        },
      );
    case 'containerPaused':
      // A pause ends the engine's health checks and leaves `unhealthy`, without a message, until one after it passes.
      return withDetails(
        { ...facts, runState: 'paused' },
        details === undefined || details.health === 'none' ? {} : { health: 'unhealthy' },
      );
    case 'containerUnpaused':
      return { ...facts, runState: 'running' };
    case 'containerRenamed':
      return { ...facts, name: event.name };
    case 'containerHealthChanged':
      return withDetails(facts, { health: event.health });
    case 'containerDestroyed':
      return undefined;
    default:
      return facts;
  }
}

const startAt = (ms: number, details: ContainerDetails | undefined): Partial<ContainerDetails> => ({
  startedAtMs: ms,
  startedAt: engineText(ms),
  error: '',
  ...(details !== undefined && details.health !== 'none' && { health: 'starting' }),
});

const withDetails = (facts: ContainerFacts, changes: Partial<ContainerDetails>): ContainerFacts =>
  facts.details === undefined ? facts : { ...facts, details: { ...facts.details, ...changes } };
