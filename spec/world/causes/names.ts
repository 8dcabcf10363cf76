export const GATEWAY = 'gluetun';
export const RENAMED = 'gluetun-renamed';
/** Runs beside them all, on a network of its own. */
export const BYSTANDER = 'bystander';
