export const GATEWAY = 'gluetun';
export const RENAMED = 'gluetun-renamed';
/** An unrelated container, on its own network. */
export const BYSTANDER = 'bystander';
