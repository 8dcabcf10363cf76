import { type Original, planRecreation } from '../../../../src/acts/recreation/plan.ts';
import { asObject, type Json } from '../../../../streams/json.ts';
import { recordedAnswer } from '../../../transcripts.ts';

export const OWNER = 'f'.repeat(64);

/** The image that the recorded dependent was made from, by its id. */
export const IMAGE_ID = (recordedAnswer('inspect-dependent') as { Image: string }).Image;

/** The parts of a container that a spec sets; the rest comes from a recorded answer of a real engine. */
export interface Told {
  readonly config?: Json;
  readonly host?: Json;
  readonly mounts?: readonly Json[];
  /** More of the inspection itself. */
  readonly container?: Json;
  /** `Config` of the image. */
  readonly image?: Json;
  /** More of what is known. */
  readonly known?: Partial<Original>;
}

/** Frozen all through: a plan changes nothing that it was made from. */
export function original({ config, host, mounts, container, image, known }: Told = {}): Original {
  const recorded = recordedAnswer('inspect-dependent') as Record<string, Json>;
  const inspected = {
    ...recorded,
    Config: { ...recorded['Config'], ...config },
    HostConfig: { ...recorded['HostConfig'], ...host },
    Mounts: mounts ?? [],
    ...container,
  };
  const inspectedImage = { Id: IMAGE_ID, Config: { Cmd: ['/bin/sh'], ...image } };
  return frozen({
    container: inspected,
    image: inspectedImage,
    named: inspectedImage,
    sharers: [],
    present: ['data', 'third'],
    injected: [],
    ...known,
  });
}

function frozen<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null) return value;
  Object.values(value).forEach(frozen);
  return Object.freeze(value);
}

/** The request planned for it; throws with the reason if there is none. */
export function planned(told: Told = {}): Json {
  const plan = planRecreation(original(told), OWNER);
  if (!plan.ok) throw new Error(plan.reason);
  return plan.body;
}

export const plannedHost = (told: Told): Json => asObject(planned(told)['HostConfig']) ?? {};
