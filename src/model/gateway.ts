import type { Target } from './act.ts';

/** How long a gateway that went down has to come back by itself. */
export const COMES_BACK_MS = 10_000;

/** What the gateway is doing, as far as the monitor knows. `src/gateway/machine.ts` says how one follows another. */
export type Gateway =
  /** The containers have not been listed yet. */
  | { readonly value: 'unseen' }
  | { readonly value: 'absent' }
  | ({
      readonly value: 'down';
      readonly since: number;
      /** It was created but never started, and whoever created it has had enough time to start it. */
      readonly isLeft: boolean;
      /** `State.StartedAt` of the run that ended. */
      readonly run: string | undefined;
      /** How many of its latest runs, in a row, ended before they were ready. */
      readonly unreadyRuns: number;
    } & Target)
  | ({ readonly value: 'paused'; readonly start: Start; readonly wasReady: boolean } & Target)
  | ({ readonly value: 'starting'; readonly start: Start } & Target)
  | ({ readonly value: 'ready'; readonly start: Start } & Target);

/** The gateway in one of its states. */
export type GatewayIn<V extends Gateway['value']> = Extract<Gateway, { value: V }>;

/** One run of the gateway, from its start on. */
export interface Start {
  /** When we learned of it. If we found it running: when it must have started, judged by the engine's clock. */
  readonly seenAt: number;
  /** `State.StartedAt`, which tells one run from another. */
  readonly startedAt: { readonly engineMs: number; readonly text: string };
  /** When Gluetun's log of this run showed that the tunnel is up. */
  readonly tunnelShownAt: number | undefined;
  /** When it became ready, or was unpaused as ready: failures of a check that began before do not count. */
  readonly readyAt: number | undefined;
  /** How many runs just before this one, in a row, ended before they were ready. */
  readonly unreadyRuns: number;
  /** Its time to become ready is over. */
  readonly isLate: boolean;
}
