import type { Site } from '../config/config.ts';

/**
 * What may be requested from the streams. A request is answered later, by events. It takes no time itself, so it
 * never waits for an act, nor delays one.
 */
export type ReadingRequest =
  | {
      readonly kind: 'listContainers';
      /** Names, ids or Compose services to inspect, in addition to containers that joined another's network. */
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
      /** The time of this start, RFC 3339 on the engine's clock. */
      readonly startedAt: string;
      /** When the run before it ended, on the same clock; absent if there was none, or it is not known. */
      readonly endedBeforeMs?: number;
      readonly tty: boolean;
    }
  | { readonly kind: 'leaveGatewayLog'; readonly lane: Lane }
  /** Probes a host outside the tunnel from the monitor's own network. */
  | { readonly kind: 'probeWitness'; readonly requestId: number };

/** Names the gateway a request is about. Requests of one lane never wait for those of another. */
export type Lane = string;

export type RequestOf<K extends ReadingRequest['kind']> = Extract<ReadingRequest, { kind: K }>;
