import type { DownCause } from '../model/down-cause.ts';
import type { HoldReason, RepairFault } from '../model/state.ts';
import type { ConditionKind, ConditionOf, Finding, Severity, Unrepaired, Worded } from './condition.ts';
import { FORBIDDEN } from './forbidden-calls.ts';

export const UNBUFFERED = 'If there is a proxy, it has to pass GET /events on at once, without a buffer.';

const CONDITIONS: {
  readonly [K in ConditionKind]: {
    readonly severity: Severity | ((finding: Extract<Finding, { readonly kind: K }>) => Severity);
    /** What is wrong, as a whole sentence in the present tense. */
    readonly sentence: (finding: Extract<Finding, { readonly kind: K }>) => string;
    readonly remedy: string | ((finding: Extract<Finding, { readonly kind: K }>) => string);
  };
} = {
  engineLost: {
    severity: 'critical',
    sentence: ({ reason }) => `The Docker engine is out of reach: ${clause(reason)}.`,
    remedy: 'Check that the Docker engine runs, and that DOCKER_HOST or the mounted socket leads to it.',
  },
  listingFailed: {
    severity: 'critical',
    sentence: ({ reason }) => `The containers cannot be listed: ${clause(reason)}.`,
    remedy:
      'If you use a socket proxy, it has to allow GET /containers/json and GET /containers/{id}/json. Else the log of Docker may tell why.',
  },
  engineUnheard: {
    severity: 'warning',
    sentence: () => 'The engine does not tell what happens: its events do not arrive.',
    remedy: UNBUFFERED,
  },
  callForbidden: {
    severity: ({ call }) => FORBIDDEN[call].severity,
    sentence: ({ subject, call }) => `A proxy forbids ${subject}: ${FORBIDDEN[call].consequence}.`,
    remedy: ({ call }) => FORBIDDEN[call].remedy,
  },
  gatewayAbsent: {
    severity: 'critical',
    sentence: ({ subject }) => `The gateway ${subject} does not exist.`,
    remedy: 'Start the gateway, or set GLUETUN_CONTAINER to its name.',
  },
  gatewayDown: {
    severity: 'critical',
    sentence: ({ subject, cause }) => `${subject} is not running: ${WHY_DOWN[cause]}.`,
    remedy: ({ cause }) =>
      cause === 'operator' || cause === 'found'
        ? 'Start the gateway when you want it to run again.'
        : 'Its log may tell why it ended. The monitor, or its restart policy, starts it again.',
  },
  gatewayPaused: {
    severity: 'critical',
    sentence: ({ subject }) => `${subject} is paused.`,
    remedy: 'Resume it: docker unpause.',
  },
  gatewayNotReady: {
    severity: 'critical',
    sentence: ({ subject }) => `${subject} runs, but it is not ready yet.`,
    remedy: 'Look at the log of the gateway: it tells why the VPN does not connect.',
  },
  gatewayLooping: {
    severity: 'critical',
    sentence: ({ subject, exits }) =>
      `${subject} has ended ${String(exits)} times in a row before it was ready.`,
    remedy: 'Look at the log of the gateway: it ends before it is ready.',
  },
  gatewayExcluded: {
    severity: 'warning',
    sentence: ({ subject }) => `${subject} may not be restarted: it is excluded.`,
    remedy: 'Take the gateway out of EXCLUDE_CONTAINERS, or remove its label, if it is to be restarted.',
  },
  gatewayLogUnreadable: {
    severity: 'warning',
    sentence: ({ subject, reason }) => `The log of ${subject} cannot be read: ${clause(reason)}.`,
    remedy:
      'Use the logging driver json-file, local or journald; a socket proxy has to allow GET /containers/{id}/logs.',
  },
  controlServerUnusable: {
    severity: 'info',
    sentence: ({ subject, reason }) =>
      `The control server of ${subject} does not tell the public address: ${clause(reason)}.`,
    remedy: 'Check that GLUETUN_API_URL and GLUETUN_API_KEY fit the control server of Gluetun.',
  },
  monitorOnGatewayNetwork: {
    severity: 'critical',
    sentence: ({ subject }) => `The monitor is on the network of ${subject}.`,
    remedy: 'Give the monitor a network of its own: it goes down with the gateway.',
  },
  paused: {
    severity: 'warning',
    sentence: ({ subject }) => `The monitor is paused: ${subject} is watched, and nothing is mended.`,
    remedy: 'It goes on by itself when the pause is over, or at once: gluetun-monitor resume',
  },
  probesFailed: {
    severity: 'critical',
    sentence: ({ subject, reason }) => `No site can be probed through ${subject}: ${clause(reason)}.`,
    remedy: 'Make sure that the gateway has wget and a shell, and that the engine may run an exec in it.',
  },
  logFileNotWritten: {
    severity: 'warning',
    sentence: ({ subject, reason }) => `The log file ${subject} cannot be written: ${clause(reason)}.`,
    remedy: 'Make room on the disk of LOG_FILE, or check that its folder may be written.',
  },
  stateNotWritten: {
    severity: 'warning',
    sentence: ({ subject, reason }) => `The state file ${subject} cannot be written: ${clause(reason)}.`,
    remedy: 'Make room on the disk of STATE_FILE, or check that its folder may be written.',
  },
  historyNotWritten: {
    severity: 'warning',
    sentence: ({ subject, reason }) => `The history file ${subject} cannot be written: ${clause(reason)}.`,
    remedy: 'Make room on the disk of HISTORY_FILE, or check that its folder may be written.',
  },
  edgeFailed: {
    severity: 'warning',
    sentence: ({ subject, reason }) => `A part of the monitor fails, the ${subject}: ${clause(reason)}.`,
    remedy: ({ subject }) =>
      EDGE_REMEDIES[subject] ?? 'If it stays so, restart the monitor, and report it as a bug.',
  },
  addressNotServed: {
    severity: 'warning',
    sentence: ({ subject, reason }) => `The page cannot be served at ${subject}: ${clause(reason)}.`,
    remedy:
      'Set HTTP_ADDRESS to an address that is free, or free this one: it is tried again every 30 seconds.',
  },
  siteDown: {
    severity: 'warning',
    sentence: ({ subject, isCritical }) =>
      isCritical ? `${subject} is down.` : `${subject} is down, but it is advisory.`,
    remedy:
      'If only this site stays down, it may block the exit: give it role=advisory, or take it off the list.',
  },
  siteDemoted: {
    severity: 'warning',
    sentence: ({ subject }) =>
      `${subject} stays down whatever is restarted, so it does not count until it passes.`,
    remedy: 'If that goes on, give the site role=advisory, or set SITE_QUORUM=majority.',
  },
  siteNeverPassed: {
    severity: 'warning',
    sentence: ({ subject }) => `${subject} has never answered, while another site does.`,
    remedy: 'Check the URL of the site.',
  },
  dnsFailed: {
    severity: 'critical',
    sentence: ({ subject }) =>
      `Names cannot be resolved through ${subject}, though addresses can be reached.`,
    remedy: 'Look at the DNS settings of Gluetun: addresses can be reached, names cannot be resolved.',
  },
  lineDown: {
    severity: 'critical',
    sentence: ({ reason }) => `Your own line is down: ${clause(reason)}.`,
    remedy: 'Check your router, or ask your internet provider.',
  },
  witnessIgnored: {
    severity: 'warning',
    sentence: () => 'The witness does not answer, so it is ignored.',
    remedy: 'Set WITNESS to something outside the tunnel that answers as long as the line is up.',
  },
  recoveryHeldBack: {
    severity: 'warning',
    sentence: ({ because }) => `No recovery begins yet: ${WHY_HELD_BACK[because]}.`,
    remedy: ({ because }) => HELD_BACK[because],
  },
  dependentCutOff: {
    severity: 'warning',
    sentence: ({ subject, because, ...obstacle }) =>
      `${subject} cannot be put back: ${WHY_UNREPAIRED[because](obstacle)}.`,
    remedy: ({ because }) => CUT_OFF_REMEDIES[because],
  },
  dependentLooping: {
    severity: 'warning',
    sentence: ({ subject }) => `${subject} ends by itself again and again.`,
    remedy: 'Look at the log of the container: it ends by itself.',
  },
  orphanUnclaimed: {
    severity: 'warning',
    sentence: ({ subject, formerGateway }) =>
      formerGateway === undefined
        ? `${subject} hangs on a container that no longer exists, and nothing tells whether that was this gateway.`
        : `${subject} hangs on ${formerGateway}, which is no longer the gateway.`,
    remedy: 'Create it anew: docker compose up -d --force-recreate, and the service’s name.',
  },
};

/** What somebody can do about a part of the monitor that fails, by its name. */
const EDGE_REMEDIES: Readonly<Partial<Record<string, string>>> = {
  'control socket':
    'End the other monitor of the same gateways, or let the monitor write to its temporary folder. Until then no command reaches this one.',
};

const HELD_BACK = {
  quorum: 'Check the sites that are down; SITE_QUORUM decides how many it takes.',
  excluded: 'Take the gateway out of EXCLUDE_CONTAINERS, or remove its label, if it is to be restarted.',
  line: 'Check your router, or ask your internet provider.',
  awaitingWitness: '',
  grace: '',
  backoff: 'If restarts do not help, look at the log of the gateway, and try another server.',
};

const WHY_HELD_BACK: Readonly<Record<HoldReason, string>> = {
  quorum: 'too few sites are down for that',
  excluded: 'the gateway is excluded',
  line: 'your own line is down, too',
  awaitingWitness: 'the witness is asked first',
  grace: 'Gluetun gets time to heal itself',
  backoff: 'the latest one was a short while ago',
};

type Obstacle = Pick<ConditionOf<'dependentCutOff'>, 'reason' | 'fault' | 'owner'>;

const WHY_UNREPAIRED: Readonly<Record<Unrepaired, (obstacle: Obstacle) => string>> = {
  dryRun: () => 'this is a dry run',
  podman: () => 'nothing is created anew on Podman',
  forbidden: () => 'a proxy forbids a part of what a re-creation needs',
  byHand: () => 'AUTO_RECREATE is off',
  refused: ({ reason = 'it cannot be reproduced faithfully' }) => reason,
  failing: ({ reason, fault }) =>
    fault === undefined ? (reason ?? 'it failed') : FAULTS[fault]('restarted'),
  paused: () => 'it is paused',
  monitorPaused: () => 'the monitor is paused',
  awaitsOwner: ({ owner = 'the container' }) => `it waits for ${owner}, whose network it shares`,
};

const WHY_DOWN: Readonly<Record<DownCause, string>> = {
  ourRestart: 'it did not come back after the monitor restarted it',
  operator: 'somebody has stopped it',
  crash: 'it has ended by itself',
  restarting: 'it has ended, and its restart policy starts it again',
  givenUp: 'it has ended again and again, and its restart policy has given up',
  created: 'it has just been created',
  found: 'it was not running when the monitor started',
};

const CUT_OFF_REMEDIES = {
  dryRun: 'DRY_RUN is set: the monitor only says what it would do.',
  podman: 'Create it anew: the monitor does not do that on Podman.',
  forbidden:
    'Let the proxy in front of the engine allow what a re-creation needs (docker/socket-proxy.md), or re-create it: docker compose up -d --force-recreate, and the service’s name.',
  byHand:
    'Re-create it: docker compose up -d --force-recreate, and the service’s name. Or set AUTO_RECREATE=true.',
  refused: 'Re-create it: docker compose up -d --force-recreate, and the service’s name.',
  failing: 'The reason tells what is in the way; the monitor goes on trying.',
  paused: 'Resume it: docker unpause.',
  monitorPaused: 'It is put back when the pause is over, or at once: gluetun-monitor resume',
  awaitsOwner: 'Start or repair the container whose network it shares.',
};

/** The engine's and wget's words may end in a full stop. */
const clause = (reason: string): string => reason.replace(/\.$/, '');

/** What is wrong, how severe it is, and what somebody can do about it. */
export function worded(finding: Finding): Worded {
  const { severity, sentence, remedy } = CONDITIONS[finding.kind];
  return {
    severity: typeof severity === 'string' ? severity : (severity as (one: Finding) => Severity)(finding),
    sentence: (sentence as (one: Finding) => string)(finding),
    remedy: typeof remedy === 'string' ? remedy : (remedy as (one: Finding) => string)(finding),
  };
}

/** How a repair failed. `done`: what was done to the container. */
export const FAULTS: Readonly<Record<RepairFault, (done: string) => string>> = {
  notInspected: () => 'it could not be inspected afterwards',
  notOnLiveNetwork: (done) => `it was ${done} but is not on the live network`,
  noAnswer: () => 'there was no answer',
};
