import type { Container } from './container.ts';
import { EngineError } from './errors.ts';

type Attributes = Readonly<Record<string, string>>;

/** An event in other words, or one that only Podman sends. */
interface Told {
  readonly action: string;
  readonly more: Attributes;
}

/**
 * What Podman's Docker-compatible API tells where Docker tells this. It keeps the signals of a stop to itself, begins a
 * restart with the message that ends Docker's, and names what it does before a start and after an end.
 */
export function inPodmansWords(container: Container, action: string, more: Attributes): readonly Told[] {
  switch (action) {
    case 'start':
      return [plain('init'), plain('start')];
    case 'die': {
      const { exitCode = '' } = more;
      return [
        { action, more: { exitCode, containerExitCode: exitCode } },
        ...(container.keptOnStop ? [] : [plain('cleanup')]),
      ];
    }
    case 'kill':
      return container.stops.current$ === undefined ? [plain('kill')] : [];
    case 'stop':
    case 'restart':
      return [];
    case 'destroy':
      return [{ action: 'remove', more: { containerExitCode: String(container.state.exitCode) } }];
    case 'rename':
      return [plain('rename')];
    case 'exec_die':
      return [plain('exec_died')];
    default:
      return action.startsWith('exec_') ? [] : [{ action, more }];
  }
}

const plain = (action: string): Told => ({ action, more: {} });

/** The restart of a container whose network's owner does not run. */
export const dependenciesNotStarted = (id: string, ownerId: string): EngineError =>
  new EngineError(
    500,
    `some dependencies of container ${id} are not started: ${ownerId}: container state improper`,
  );

/** The removal of a container that others have joined. */
export const hasDependents = (id: string, dependents: readonly string[]): EngineError =>
  new EngineError(
    500,
    `container ${id} has dependent containers which must be removed before it: ${dependents.join(', ')}: container already exists`,
  );
