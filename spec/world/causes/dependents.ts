import { GATEWAY } from './names.ts';

/**
 * The state of a dependent when the cause begins, and what happens to it while the gateway is down.
 *
 * - `runs`.
 * - `stopped`: its operator stopped it while the monitor watched.
 * - `ended`: its PID 1 ended with exit code 0.
 * - `created`: it has never run; its operator tries to start it while the gateway is down.
 * - `stoppedThenTried`: as `stopped`; then its operator tries to start it while the gateway is down.
 * - `endsMeanwhile`: runs, and ends by itself while the gateway is down, so that its restart policy fails.
 */
export type Life = 'runs' | 'stopped' | 'ended' | 'created' | 'stoppedThenTried' | 'endsMeanwhile';

export interface Dependent {
  readonly title: string;
  readonly name: string;
  /** The engine keeps a name if no container has it yet; otherwise it stores the id of that container. */
  readonly joins: { readonly name: string } | { readonly idOf: string };
  readonly restartPolicy: 'no' | 'always' | 'unless-stopped';
  readonly life: Life;
  readonly labels: Readonly<Record<string, string>>;
  readonly hasShell: boolean;
  readonly isExcluded: boolean;
}

const dependent = (title: string, name: string, more: Partial<Dependent> = {}): Dependent => ({
  title,
  name,
  joins: { idOf: GATEWAY },
  restartPolicy: 'unless-stopped',
  life: 'runs',
  labels: {},
  hasShell: true,
  isExcluded: false,
  ...more,
});

const PROJECT = { 'com.docker.compose.project': 'vpn' };

/** Compose's labels, as they are on a gateway and on a service with `network_mode: service:gluetun`. */
export const GATEWAY_LABELS = { ...PROJECT, 'com.docker.compose.service': GATEWAY };
const SERVICE_LABELS = {
  ...PROJECT,
  'com.docker.compose.service': 'composed',
  'com.docker.compose.depends_on': `${GATEWAY}:service_started:true`,
};

/** In an order in which they can be created: each after the one that it joins. */
export const DEPENDENTS: readonly Dependent[] = [
  dependent('joined by id', 'by-id'),
  dependent('joined by name', 'by-name', { joins: { name: GATEWAY } }),
  dependent('joined through another dependent', 'through-id', { joins: { idOf: 'by-id' } }),
  dependent('joined through one that is joined by name', 'through-name', { joins: { idOf: 'by-name' } }),
  dependent('of the gateway’s compose project', 'composed', { labels: SERVICE_LABELS }),
  dependent('with the restart policy "no"', 'policy-no', { restartPolicy: 'no' }),
  dependent('with the restart policy "always"', 'policy-always', { restartPolicy: 'always' }),
  dependent('without a shell', 'shell-less', { hasShell: false }),
  dependent('stopped by its operator', 'stopped', { life: 'stopped' }),
  dependent('exited by itself', 'ended', { life: 'ended', restartPolicy: 'no' }),
  dependent('that has never run and could not join', 'never-ran', { life: 'created' }),
  dependent('that was stopped, and could not join when started again', 'tried', { life: 'stoppedThenTried' }),
  dependent('that ended meanwhile, and that its policy could not start', 'ends', { life: 'endsMeanwhile' }),
  dependent('excluded', 'excluded', { isExcluded: true }),
  dependent('joined through one that is stopped', 'through-stopped', { joins: { idOf: 'stopped' } }),
  dependent('joined through one that is excluded', 'through-excluded', { joins: { idOf: 'excluded' } }),
];

export const EXCLUDED = DEPENDENTS.filter(({ isExcluded }) => isExcluded).map(({ name }) => name);
