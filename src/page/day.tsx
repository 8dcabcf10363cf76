import type { RecentOfGateway } from '../edges/http/wire.ts';
import { useNow } from './live.ts';
import { type Slot, dayOf } from './view.ts';
import { clockTime, counted, share } from './words.ts';

const STATES: Readonly<Record<Slot['state'], string>> = {
  up: 'up',
  down: 'down',
  stopped: 'stopped',
  unknown: 'not known',
  none: 'not watched',
};

const HOUR_MS = 3_600_000;

/** The last 24 hours as a strip. It is redrawn once a minute, and when the tunnel changes. */
export function Day({ recent, since }: { readonly recent: RecentOfGateway; readonly since: number }) {
  const now = Math.floor(useNow() / 60_000) * 60_000 + 60_000;
  const { slots, outages, upShare, from } = dayOf(recent, since, now);
  const knownMs = now - from;
  const seen = knownMs > 23 * HOUR_MS ? '' : `since ${clockTime(from)}: `;
  const summary = [
    // Of a few minutes a share says nothing.
    ...(upShare === undefined || knownMs < HOUR_MS ? [] : [`${share(upShare)} up`]),
    outages === 0 ? 'no outage' : counted(outages, 'outage'),
  ].join(', ');
  return (
    <>
      <div class="day" role="img" aria-label={`The last 24 hours: ${seen}${summary}`}>
        {slots.map(({ from: begin, to, state }) => (
          <i key={begin} class={state} title={`${clockTime(begin)} to ${clockTime(to)}: ${STATES[state]}`} />
        ))}
      </div>
      <div class="scale">
        <span>24 h ago</span>
        <span>
          {seen}
          {summary}
        </span>
        <span>now</span>
      </div>
    </>
  );
}
