import type { Site } from '../config/config.ts';

/**
 * What may be asked of the streams. A request is answered later, by events: asking takes no time, so it never
 * waits for a command that changes something, nor holds one up.
 */
export type ReadingRequest =
  | {
      readonly kind: 'listContainers';
      /** Names, ids or compose services to inspect beside those that joined another container's network. */
      readonly inspect: readonly string[];
    }
  | { readonly kind: 'inspectContainer'; readonly containerId: string }
  | {
      readonly kind: 'checkSites';
      readonly lane: Lane;
      readonly checkId: number;
      readonly gatewayId: string;
      readonly sites: readonly Site[];
    }
  | {
      readonly kind: 'readEndpoint';
      readonly lane: Lane;
      readonly requestId: number;
      readonly gatewayId: string;
    }
  | {
      readonly kind: 'followGatewayLog';
      readonly lane: Lane;
      readonly gatewayId: string;
      /** When this start was, RFC 3339 on the engine's clock. */
      readonly startedAt: string;
      /** When the run before it ended, by the same clock; absent: there was none, or that is not known. */
      readonly endedBeforeMs?: number;
      readonly tty: boolean;
    }
  | { readonly kind: 'leaveGatewayLog'; readonly lane: Lane }
  /** Somebody outside the tunnel, from the monitor's own network. */
  | { readonly kind: 'probeWitness'; readonly requestId: number };

/** Whose gateway it is about: requests of one never wait for those of another. */
export type Lane = string;

export type RequestOf<K extends ReadingRequest['kind']> = Extract<ReadingRequest, { kind: K }>;
