import type { Cast } from '../history.ts';
import type { Scene } from '../deeds.ts';
import type { Truth } from '../truth.ts';

/** A violation of one of the nine invariants. */
export interface Violation {
  readonly invariant: number;
  readonly at: number;
  readonly what: string;
}

/** The input of an invariant. */
export interface Court extends Scene {
  readonly cast: Cast;
  readonly truth: Truth;
  violate(invariant: number, what: string): void;
}

export interface Write {
  readonly verb: 'restart' | 'start' | 'stop' | 'remove' | 'create' | 'rename';
  /** Its name at that moment. */
  readonly name: string;
  /** Undefined: not one of ours. */
  readonly role: string | undefined;
}

export function writeIn(call: string, { people }: Scene): Write {
  const [verb = '', name = ''] = call.split(' ');
  return { verb: verb as Write['verb'], name, role: people.roleOf(name) };
}
