import type { Labels } from './events.ts';

/** Labels that Docker Compose puts on its containers (Compose's `api/labels.go`). */
export const COMPOSE_PROJECT = 'com.docker.compose.project';
export const COMPOSE_SERVICE = 'com.docker.compose.service';
/** `service:condition:restart`, several separated by commas. */
export const COMPOSE_DEPENDS_ON = 'com.docker.compose.depends_on';
/** `True` on a container made by `docker compose run`. */
export const COMPOSE_ONE_OFF = 'com.docker.compose.oneoff';

/** The label of the monitor's own image. No monitor ever touches a monitor. */
export const MONITOR_LABEL = 'org.gluetun-monitor.role';

/** Labels that users put on their own containers. `true`: the container is never touched. */
export const EXCLUDE_LABEL = 'org.gluetun-monitor.exclude';
/** `true`: treated as if `VPN_RESTART_DEPENDENTS` named the container. */
export const RESTART_ON_RECONNECT_LABEL = 'org.gluetun-monitor.restart-on-reconnect';

const READ: readonly string[] = [
  COMPOSE_PROJECT,
  COMPOSE_SERVICE,
  COMPOSE_DEPENDS_ON,
  COMPOSE_ONE_OFF,
  MONITOR_LABEL,
  EXCLUDE_LABEL,
  RESTART_ON_RECONNECT_LABEL,
];

/**
 * Only the labels above are kept. Others may hold a password or an API key, as those for a dashboard or a reverse proxy
 * do, and if a reducer fails, the log gets the whole state.
 */
export const knownLabels = (labels: Labels): Labels =>
  Object.fromEntries(Object.entries(labels).filter(([name]) => READ.includes(name)));
