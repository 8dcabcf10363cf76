import { MONITOR_LABEL } from '../../../streams/labels.ts';
import type { ContainerSpec } from '../../simulated-engine/create-request.ts';

export const GATEWAY = 'gluetun';
export const SECOND_GATEWAY = 'gluetun-us';

export interface Role {
  readonly name: string;
  /** The role whose network it joins; undefined: it has its own. */
  readonly joins: string | undefined;
  /** Created before the container that it joins, so that the engine always keeps the name. */
  readonly byName: boolean;
  readonly policy: NonNullable<ContainerSpec['restartPolicy']>;
  readonly labels: Readonly<Record<string, string>>;
  readonly body: NonNullable<ContainerSpec['body']>;
  readonly ignoresTerm: boolean;
  /** The gateway that it depends on, if the monitor may touch it. */
  readonly gateway: string | undefined;
}

const role = (name: string, more: Partial<Role> = {}): Role => ({
  name,
  joins: GATEWAY,
  byName: false,
  policy: 'unless-stopped',
  labels: {},
  body: {},
  ignoresTerm: false,
  gateway: GATEWAY,
  ...more,
});

const PROJECT = { 'com.docker.compose.project': 'vpn' };
export const GATEWAY_LABELS = { ...PROJECT, 'com.docker.compose.service': GATEWAY };
const COMPOSED = {
  ...PROJECT,
  'com.docker.compose.service': 'composed',
  'com.docker.compose.depends_on': `${GATEWAY}:service_started:true`,
};

/** A history uses some of these. Each comes after the one that it joins. */
export const DEPENDENTS: readonly Role[] = [
  role('by-id'),
  role('by-name', { byName: true, policy: 'always' }),
  role('through', { joins: 'by-id' }),
  role('policy-no', { policy: 'no' }),
  role('on-failure', { policy: 'on-failure' }),
  role('deaf', { ignoresTerm: true, body: { StopTimeout: 3, Volumes: { '/data': {} } } }),
  role('composed', { labels: COMPOSED }),
];

/** Unrelated: the monitor must not touch them, whatever happens to them. */
export const UNTOUCHABLE: readonly Role[] = [
  role('excluded', { gateway: undefined }),
  role('bystander', { joins: undefined, gateway: undefined }),
  role('another-monitor', { labels: { [MONITOR_LABEL]: 'monitor' }, gateway: undefined }),
];

export const OF_SECOND = role('us-app', { joins: SECOND_GATEWAY, gateway: SECOND_GATEWAY });

export const EXCLUDED = ['excluded'];

/** The name of a container before it was parked, or its current name if it is not parked. */
export const unparked = (name: string): string => name.replace(/\.orphan-of-.*$/, '');
