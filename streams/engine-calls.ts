/** Every call to the engine, as the rules of a proxy name it. */
export const CALLS = {
  info: 'GET /info',
  openEvents: 'GET /events',
  list: 'GET /containers/json',
  inspect: 'GET /containers/{id}/json',
  followLog: 'GET /containers/{id}/logs',
  exec: 'POST /containers/{id}/exec and POST /exec/{id}/start',
  restart: 'POST /containers/{id}/restart',
  start: 'POST /containers/{id}/start',
  inspectImage: 'GET /images/{name}/json',
  volumes: 'GET /volumes',
  changes: 'GET /containers/{id}/changes',
  fileStat: 'HEAD /containers/{id}/archive',
  stop: 'POST /containers/{id}/stop',
  rename: 'POST /containers/{id}/rename',
  create: 'POST /containers/create',
  remove: 'DELETE /containers/{id}',
} as const;

export type EngineCall = keyof typeof CALLS;

/** The calls that a re-creation needs, besides what is read anyway. */
export const RECREATION_CALLS = [
  'inspectImage', 'changes', 'fileStat', 'stop', 'rename', 'create', 'start', 'remove',
] as const satisfies readonly EngineCall[]; // prettier-ignore

/** Nothing else needs it, so the loss is the same whichever call of this kind is forbidden. */
export const isOnlyForRecreation = (call: EngineCall): boolean =>
  call !== 'start' && (RECREATION_CALLS as readonly EngineCall[]).includes(call);
