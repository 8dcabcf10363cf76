import type { RecoveryRecord } from '../model/recovery-phase.ts';
import type { Tunnel } from '../model/state.ts';
import type { Severity } from './condition.ts';

type Mood = 'well' | 'busy' | 'trouble' | 'unknown';

export interface Headline {
  readonly mood: Mood;
  readonly sentence: string;
}

/** What the sentence about one gateway rests on. */
export interface HowItIs {
  readonly name: string;
  readonly tunnel: Tunnel['value'];
  /** The step of the recovery under way. */
  readonly step: RecoveryRecord['steps'][number]['step'] | undefined;
  /** How many dependents are put back as soon as their turn comes. */
  readonly waiting: number;
  /** The most severe first. */
  readonly conditions: readonly { readonly severity: Severity; readonly sentence: string }[];
}

/** In one sentence or two: how the gateway is, what is wrong first, and what is done about it. */
export function headlineOf({ name, tunnel, step, waiting, conditions }: HowItIs): Headline {
  const [worst] = conditions.filter(({ severity }) => severity !== 'info');
  if (step !== undefined) return { mood: 'busy', sentence: STEPS[step](name) };
  if (worst?.severity === 'critical') return { mood: 'trouble', sentence: worst.sentence };
  if (tunnel === 'down') {
    const why = worst === undefined ? '' : ` ${worst.sentence}`;
    return { mood: 'trouble', sentence: `The tunnel of ${name} is broken.${why}` };
  }
  if (tunnel === 'stopped') return { mood: 'trouble', sentence: `${name} does not run.` };
  if (waiting > 0)
    return {
      mood: 'busy',
      sentence: `${waiting === 1 ? 'One container is' : `${String(waiting)} containers are`} put back on the network of ${name}.`,
    };
  if (tunnel === 'unknown')
    return { mood: 'unknown', sentence: `Nothing shows yet whether the tunnel of ${name} works.` };
  if (worst !== undefined)
    return { mood: 'trouble', sentence: `The tunnel of ${name} works, but: ${worst.sentence}` };
  return { mood: 'well', sentence: 'All is well.' };
}

/** The worst mood first. */
const MOODS: readonly Mood[] = ['trouble', 'busy', 'unknown', 'well'];

/** Of several gateways the worst. */
export const worstOf = (headlines: readonly Headline[]): Headline =>
  [...headlines].sort((one, other) => MOODS.indexOf(one.mood) - MOODS.indexOf(other.mood))[0] ?? {
    mood: 'unknown',
    sentence: 'Nothing is watched.',
  };

const STEPS: Readonly<Record<NonNullable<HowItIs['step']>, (name: string) => string>> = {
  restartingVpn: (name) => `The tunnel of ${name} is broken. Its VPN is being reconnected.`,
  verifyingVpn: (name) => `The VPN of ${name} was reconnected. A check has yet to pass.`,
  restarting: (name) => `The tunnel of ${name} is broken. The container is being restarted.`,
  awaitingReady: (name) => `${name} was restarted, and is not ready yet.`,
  verifying: (name) => `${name} was restarted. A check has yet to pass.`,
  listing: (name) => `${name} is back. Its containers are being looked for.`,
  repairing: (name) => `${name} is back. Its containers are being put back on its network.`,
};
