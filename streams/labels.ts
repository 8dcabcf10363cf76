/** Labels Docker Compose puts on the containers it makes (Compose's `api/labels.go`). */
export const COMPOSE_PROJECT = 'com.docker.compose.project';
export const COMPOSE_SERVICE = 'com.docker.compose.service';
/** `service:condition:restart`, several joined by commas. */
export const COMPOSE_DEPENDS_ON = 'com.docker.compose.depends_on';
/** `True` on what `docker compose run` made. */
export const COMPOSE_ONE_OFF = 'com.docker.compose.oneoff';

/** The label of the monitor's own image: no monitor ever touches a monitor. */
export const MONITOR_LABEL = 'org.gluetun-monitor.role';

/** Labels that the user puts on containers of their own. `true`: it is never touched. */
export const EXCLUDE_LABEL = 'org.gluetun-monitor.exclude';
/** `true`: as if `VPN_RESTART_DEPENDENTS` named it. */
export const RESTART_ON_RECONNECT_LABEL = 'org.gluetun-monitor.restart-on-reconnect';
