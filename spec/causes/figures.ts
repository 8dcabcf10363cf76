import type { EngineEvents, EngineMessage } from '../e2e/engine-events.ts';
import type { MonitorProcess } from '../e2e/monitor.ts';
import type { Timed } from '../e2e/recorder.ts';
import { DEPENDENTS } from './dependents.ts';

interface Sources {
  readonly events: EngineEvents;
  readonly monitor: MonitorProcess;
}

/** How long it took, by the engine's own clock: printed, never asserted. */
export function figuresOf({ events, monitor }: Sources): string {
  const told = monitor.lines.findLast(({ text }) => text.includes('is healthy after'));
  const ready = told && proofBefore(told.atMs, events.all);
  if (ready === undefined) return 'nothing became ready';
  const acts = events.all.filter(
    (message) => message.engineTimeMs >= ready.engineTimeMs && isOfDependent(message),
  );
  const [first, last] = [acts.find(isRepair), acts.findLast(({ action }) => action === 'start')];
  if (first === undefined || last === undefined) return 'ready, and nobody was to be put back';
  const since = (message: EngineMessage): number => message.engineTimeMs - ready.engineTimeMs;
  return (
    `${(since(last) / 1000).toFixed(1)} s from ready to the last dependent fresh; ` +
    `first repair ${since(first).toFixed(0)} ms after the event that made it ready (${ready.action})`
  );
}

/** The latest thing to happen before the monitor said so that can have told it. */
function proofBefore(
  atMs: number,
  messages: readonly Timed<EngineMessage>[],
): Timed<EngineMessage> | undefined {
  const checks = new Set(
    messages
      .filter(({ action }) => action.startsWith('exec_start') && action.includes('gluetun-monitor-check'))
      .map(({ attributes }) => attributes['execID']),
  );
  return messages.findLast(
    (message) =>
      message.atMs <= atMs &&
      (message.action === 'health_status: healthy' ||
        (message.action === 'exec_die' && checks.has(message.attributes['execID']))),
  );
}

/** Parked ones are called after themselves. */
const isOfDependent = ({ name }: EngineMessage): boolean =>
  DEPENDENTS.some((dependent) => name === dependent.name || name.startsWith(`${dependent.name}.orphan-of-`));

const isRepair = ({ action }: EngineMessage): boolean => ['kill', 'rename', 'start'].includes(action);
