import { WITHIN } from './bounded-command.ts';
import type { ExecCommand } from './engine.ts';

export interface ControlServer {
  /** As seen inside the gateway, without a trailing slash. */
  readonly url: string;
  readonly key: string | undefined;
}

/** Where the key's file may be: what a read-only container leaves writable comes first, and is memory. */
export const KEY_FOLDERS: readonly string[] = ['/dev/shm', '/tmp', '/run', '/var/tmp', '/dev'];

/**
 * How both scripts that ask Gluetun's control server begin, from inside the gateway. What they need and do not find
 * they say, on a line of its own: `lacks THING`. Nothing but their protocols is written: the engine keeps no order
 * between stdout and stderr.
 *
 * The key comes by the environment. A `--header` would show it in the process list, and GNU wget takes its
 * configuration from a regular file only: a pipe, which is what a here-document is in both shells, it refuses
 * (`--config` and `WGETRC`, 1.21). So `hand_over` opens a file, takes its name away, and only then writes the key
 * into it; wget reads it by its descriptor. Nobody else ever could, and nothing is left behind, whatever ends the
 * shell. It is read back first: on a full disk a file can be made but not written to. Without mktemp: what is there
 * already is not opened (`set -C`), and the next folder is tried.
 *
 * BusyBox's wget takes no configuration. The request goes out without the key then, for the Gluetun versions that
 * come with it know no keys.
 */
export const controlServerScript = (tools: readonly string[], rest: string): string => `
exec 2>/dev/null
umask 077
export HOME=/dev/null LC_ALL=C
for tool in ${tools.join(' ')} \${GLUETUN_API_KEY:+rm}; do
  command -v "$tool" >/dev/null && continue
  printf '\\nlacks %s\\n' "$tool"
  exit
done
case $(wget --version) in *GNU*) is_gnu=yes ;; *) is_gnu=no ;; esac
hand_over() {
  lack=file
  set -C
  for folder in ${KEY_FOLDERS.join(' ')} \${TMPDIR:+"$TMPDIR"}; do
    file=$folder/gluetun-monitor-$$
    command exec 3>"$file" || continue
    rm -f "$file" || continue
    lack=space
    printf '%s\\n' "header = X-API-Key: $GLUETUN_API_KEY" >&3
    IFS= read -r written </proc/self/fd/3
    [ "$written" = "header = X-API-Key: $GLUETUN_API_KEY" ] && return
  done
  return 1
}
options=
key=-
if [ -n "$GLUETUN_API_KEY" ] && [ $is_gnu = yes ]; then
  if ! hand_over; then
    printf '\\nlacks %s\\n' "$lack"
    exit
  fi
  options=--config=/proc/self/fd/3
elif [ -n "$GLUETUN_API_KEY" ]; then
  key=unsent
fi
unset GLUETUN_API_KEY written${WITHIN}${rest.trimStart()}`;

export const controlServerCommand = (
  name: string,
  script: string,
  { url, key }: ControlServer,
): ExecCommand => ({
  cmd: ['sh', '-c', script, name, url],
  env: key === undefined ? [] : [`GLUETUN_API_KEY=${key}`],
});

/** What the script says it lacks, as one clause with the remedy; undefined: the line says nothing of the kind. */
export function lackIn(line: string): string | undefined {
  const lack = /^lacks ([a-z]{1,20})$/.exec(line)?.[1];
  if (lack === 'file')
    return (
      'GLUETUN_API_KEY cannot be handed to wget in the gateway: no folder there can be written to ' +
      `(${KEY_FOLDERS.join(', ')}): mount a tmpfs at /tmp`
    );
  if (lack === 'space')
    return (
      'GLUETUN_API_KEY cannot be handed to wget in the gateway: no folder there has space for it ' +
      `(${KEY_FOLDERS.join(', ')})`
    );
  return lack === undefined ? undefined : `the gateway has no ${lack} to ask its control server with`;
}
