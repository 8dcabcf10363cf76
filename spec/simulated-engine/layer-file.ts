/** `Kind` of a change: `docker diff` writes C, A and D. */
export const MODIFIED = 0;
export const ADDED = 1;
export const DELETED = 2;

/** A file in a container's own layer; what its image has is not modelled. */
export interface LayerFile {
  readonly kind?: typeof MODIFIED | typeof ADDED | typeof DELETED;
  readonly size?: number;
  /** Of Go's `os.FileMode`: the permissions, and high bits for what is no plain file. */
  readonly mode?: number;
  /** As the engine writes times. A file out of a tar has whole seconds. */
  readonly mtime?: string;
  readonly linkTarget?: string;
}
