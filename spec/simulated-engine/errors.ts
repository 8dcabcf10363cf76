/** An error of the engine: the status and the words as measured on Docker 28.5. */
export class EngineError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = 'EngineError';
    this.status = status;
  }
}

export const noSuchContainer = (ref: string): EngineError =>
  new EngineError(404, `No such container: ${ref}`);

export const noSuchImage = (image: string): EngineError => new EngineError(404, `No such image: ${image}`);

export const noSuchFile = (path: string, ref: string): EngineError =>
  new EngineError(404, `Could not find the file ${path} in container ${ref}`);

export const noSuchExec = (id: string): EngineError => new EngineError(404, `No such exec instance: ${id}`);

/** The start of a dependent while its owner exists but is down: the engine calls that a conflict. */
export const cannotJoin = (owner: string, status: string): EngineError =>
  new EngineError(
    409,
    `cannot join network namespace of a non running container: container ${owner} is ${status}`,
  );

/** The start of a dependent whose owner is gone: the engine calls that a failure of its own. */
export const noOwner = (ref: string): EngineError =>
  new EngineError(500, `joining network namespace of container: No such container: ${ref}`);

/** The owner existed at the begin of the start but not at its end: runc finds no namespace to enter. */
export const namespaceVanished = (ownerPid: number): EngineError =>
  new EngineError(
    500,
    'OCI runtime create failed: runc create failed: unable to create new parent process: namespace path: ' +
      `lstat /proc/${ownerPid}/ns/net: no such file or directory: unknown`,
  );

export const isRestarting = (id: string): EngineError =>
  new EngineError(409, `Container ${id} is restarting, wait until the container is running`);

export const isNotRunning = (id: string): EngineError =>
  new EngineError(409, `Container ${id} is not running`);

export const isPausedForExec = (ref: string): EngineError =>
  new EngineError(409, `Container ${ref} is paused, unpause the container before exec`);

export const alreadyPaused = (id: string): EngineError =>
  new EngineError(409, `Container ${id} is already paused`);

export const notPaused = (id: string): EngineError => new EngineError(500, `Container ${id} is not paused`);

export const cannotStartPaused = (): EngineError =>
  new EngineError(409, 'cannot start a paused container, try unpause instead');

/** Any failure of the start in a restart is a 500, with the name that the caller used. */
export const cannotRestart = (ref: string, cause: EngineError): EngineError =>
  new EngineError(500, `Cannot restart container ${ref}: ${cause.message}`);

export const cannotKill = (ref: string, cause: EngineError): EngineError =>
  new EngineError(cause.status, `cannot kill container: ${ref}: ${cause.message}`);

export const invalidSignal = (signal: string): EngineError =>
  new EngineError(400, `invalid signal: ${signal}`);

export const nameInUse = (name: string, ownerId: string): EngineError =>
  new EngineError(
    409,
    `Conflict. The container name "/${name}" is already in use by container "${ownerId}". ` +
      'You have to remove (or rename) that container to be able to reuse that name.',
  );

export const invalidName = (name: string): EngineError =>
  new EngineError(400, `Invalid container name (${name}), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed`);

export const cannotAllocateName = (cause: EngineError): EngineError =>
  new EngineError(cause.status, `Error when allocating new name: ${cause.message}`);

export const cannotRemoveRunning = (ref: string): EngineError =>
  new EngineError(
    409,
    `cannot remove container "${ref}": container is running: stop the container before removing or force remove`,
  );

export const cannotRemovePaused = (ref: string): EngineError =>
  new EngineError(409, `cannot remove container "${ref}": container is paused and must be unpaused first`);

export const conflictingOptions = (what: string): EngineError =>
  new EngineError(400, `conflicting options: ${what}`);

export const autoRemoveWithPolicy = (): EngineError =>
  new EngineError(400, "can't create 'AutoRemove' container with restart policy");

export const duplicateMountPoint = (place: string): EngineError =>
  new EngineError(400, `Duplicate mount point: ${place}`);

export const invalidFilter = (filter: string): EngineError =>
  new EngineError(400, `Invalid filter '${filter}'`);

export const badNumber = (text: string): EngineError =>
  new EngineError(500, `strconv.ParseInt: parsing "${text}": invalid syntax`);
