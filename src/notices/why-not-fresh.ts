import type { Attachment } from '../model/state.ts';
import type { Exit } from '../model/exits.ts';

/** What a few words about a dependent rest on. */
export interface Plight {
  readonly attachment: Attachment;
  /** How its latest run ended, if it does not run and that is known. */
  readonly by: Exit['by'] | undefined;
  readonly isPaused: boolean;
  /** It is put back as soon as its turn comes. */
  readonly isWaiting: boolean;
  readonly isGatewayReady: boolean;
  /** What is said of why it cannot be put back. */
  readonly obstacle: string | undefined;
}

/** In a few words, why a dependent is not on the gateway's network; empty if it is. */
export function whyNotFresh(plight: Plight): string {
  const { attachment, by, isPaused, isWaiting, isGatewayReady, obstacle } = plight;
  switch (attachment) {
    case 'fresh':
      return isPaused ? 'paused' : '';
    case 'stopped':
      return STOPPED[by ?? 'unknown'];
    case 'apart':
      return 'not on the network of the gateway';
    case 'unknown':
      return 'not known yet';
    case 'stale':
    case 'orphaned':
    case 'failedToJoin':
      if (obstacle !== undefined) return obstacle;
      if (!isGatewayReady) return `${CUT_OFF[attachment]}; waits for the gateway`;
      return isWaiting ? `${CUT_OFF[attachment]}; is put back next` : CUT_OFF[attachment];
  }
}

const STOPPED: Readonly<Record<Exit['by'] | 'unknown', string>> = {
  operator: 'stopped by hand: left alone',
  itself: 'ended by itself: left alone',
  monitor: 'ended by the monitor',
  engine: 'ended when the engine did',
  unknown: 'not running: left alone',
};

const CUT_OFF = {
  stale: 'cut off since the gateway restarted',
  orphaned: 'cut off: its gateway no longer exists',
  failedToJoin: 'did not start without the gateway',
};
