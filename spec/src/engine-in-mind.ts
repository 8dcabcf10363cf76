import type { ContainerDetails, ContainerEvent, ContainerFacts, Event } from '../../streams/events.ts';
import { engineText } from './containers.ts';

/**
 * The containers as the engine of a story has them: as the story's listings and inspections show them, and as its
 * messages change them since. What a monitor asks for is answered from here.
 */
export class EngineInMind {
  #containers: Readonly<Record<string, ContainerFacts>> = {};

  inspect(id: string): ContainerFacts | undefined {
    return this.#containers[id];
  }

  hear(event: Event): void {
    if (event.type === 'containersListed')
      this.#containers = Object.fromEntries(
        event.containers.map((facts) => [facts.id, inspectable(facts, this.#containers[facts.id])]),
      );
    else if (event.type === 'containerInspected') this.#set(event.id, event.facts);
    else if (event.type === 'dependentRepairEnded' && event.facts !== undefined)
      this.#set(event.facts.id, event.facts);
    else if ('engineTimeMs' in event) this.#change(event);
  }

  #set(id: string, facts: ContainerFacts | undefined): void {
    const { [id]: _, ...others } = this.#containers;
    this.#containers = facts === undefined ? others : { ...others, [id]: facts };
  }

  #change(event: ContainerEvent): void {
    const facts = this.#containers[event.id];
    if (facts !== undefined) this.#set(event.id, after(facts, event));
  }
}

const inspectable = (facts: ContainerFacts, known: ContainerFacts | undefined): ContainerFacts =>
  facts.details === undefined && known !== undefined ? { ...facts, details: known.details } : facts;

/** What an engine shows of a container after it has said this of it. */
function after(facts: ContainerFacts, event: ContainerEvent): ContainerFacts | undefined {
  const { details } = facts;
  const began = details?.startedAtMs ?? 0;
  switch (event.type) {
    case 'containerStarted':
      // Of a start that the story has shown before its message.
      if (facts.runState === 'running' && isOfStart(began, event.engineTimeMs)) return facts;
      return withDetails({ ...facts, runState: 'running' }, startAt(event.engineTimeMs, details));
    case 'containerDied':
      if (event.engineTimeMs < began) return facts;
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

/** A message comes right after what it tells of. */
const isOfStart = (startedAtMs: number, engineTimeMs: number): boolean =>
  engineTimeMs >= startedAtMs && engineTimeMs - startedAtMs < 5_000;

const startAt = (ms: number, details: ContainerDetails | undefined): Partial<ContainerDetails> => ({
  startedAtMs: ms,
  startedAt: engineText(ms),
  error: '',
  ...(details !== undefined && details.health !== 'none' && { health: 'starting' }),
});

const withDetails = (facts: ContainerFacts, changes: Partial<ContainerDetails>): ContainerFacts =>
  facts.details === undefined ? facts : { ...facts, details: { ...facts.details, ...changes } };
