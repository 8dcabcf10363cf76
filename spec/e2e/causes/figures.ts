import { type EngineEvents, type EngineMessage, isCheck } from '../engine-events.ts';
import type { MonitorProcess } from '../monitor.ts';
import type { Timed } from '../recorder.ts';
import { DEPENDENTS } from '../../world/causes/dependents.ts';

interface Sources {
  readonly events: EngineEvents;
  readonly monitor: MonitorProcess;
  /** Earlier events than the cause do not count. */
  readonly setUpAtMs: number;
}

type Messages = readonly Timed<EngineMessage>[];

/** How long it took by the engine's own clock: printed, but never asserted. */
export function figuresOf({ events, monitor, setUpAtMs }: Sources): string {
  const messages = events.all.filter(({ atMs }) => atMs >= setUpAtMs);
  const told = monitor.lines.findLast(
    ({ text, atMs }) => text.includes('is healthy after') && atMs >= setUpAtMs,
  );
  const ready = told && proofAt(told.atMs, messages);
  if (ready === undefined) return 'nothing has become ready';
  const acts = actsOn(messages.slice(messages.indexOf(startBefore(ready, messages))));
  const [first, last] = [acts.find(isRepair), acts.findLast(({ action }) => action === 'start')];
  if (first === undefined || last === undefined) return 'ready, and nobody was to be put back';
  const since = (message: EngineMessage): number => message.engineTimeMs - ready.engineTimeMs;
  return (
    `${(since(last) / 1000).toFixed(1)} s from ready to the last dependent's start; first repair ` +
    `${since(first).toFixed(0)} ms after what made it ready (${nameOfProof(ready)})`
  );
}

/** The event that made it ready: of the possible ones, that nearest to the log line. */
function proofAt(atMs: number, messages: Messages): Timed<EngineMessage> | undefined {
  const checks = messages.filter(isCheck).map(({ attributes }) => attributes['execID']);
  const mayBe = ({ action, attributes }: EngineMessage): boolean =>
    action === 'health_status: healthy' || (action === 'exec_die' && checks.includes(attributes['execID']));
  const distance = (message: Timed<EngineMessage>): number => Math.abs(message.atMs - atMs);
  return messages.filter(mayBe).sort((a, b) => distance(a) - distance(b))[0];
}

const nameOfProof = ({ action }: EngineMessage): string =>
  action === 'exec_die' ? 'the end of a check' : action;

/** The start of the run that became ready; the monitor puts no dependent back before that. */
const startBefore = (ready: Timed<EngineMessage>, messages: Messages): Timed<EngineMessage> =>
  messages.findLast(
    ({ id, action, engineTimeMs }) =>
      id === ready.id && action === 'start' && engineTimeMs <= ready.engineTimeMs,
  ) ?? ready;

/** The name of a parked container contains its own name. */
const actsOn = (messages: Messages): Messages =>
  messages.filter(({ name }) =>
    DEPENDENTS.some((one) => name === one.name || name.startsWith(`${one.name}.orphan-of-`)),
  );

/** When the repair began, or, for a container that did not run, ended: only the monitor does this once the gateway runs. */
const isRepair = ({ action }: EngineMessage): boolean => ['kill', 'rename', 'restart'].includes(action);
