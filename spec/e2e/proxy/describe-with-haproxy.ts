import { findProgram } from '../bound-process.ts';
import { describeAbsence, describeOnPrivateEngine } from '../engine.ts';
import type { PrivateEngine, PrivateEngineOptions } from '../private-engine.ts';

/** A suite on an engine of its own that puts haproxy in front of it. */
export function describeWithHaproxy(
  name: string,
  body: (engine: PrivateEngine) => void,
  options: PrivateEngineOptions = {},
): void {
  if (findProgram('haproxy') === undefined) describeAbsence(name, { reason: 'needs haproxy' });
  else describeOnPrivateEngine(name, body, options);
}
