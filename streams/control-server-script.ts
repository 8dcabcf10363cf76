import { WITHIN } from './bounded-command.ts';
import type { ExecCommand } from './engine.ts';

export interface ControlServer {
  /** As seen from inside the gateway, without a trailing slash. */
  readonly url: string;
  readonly key: string | undefined;
}

/** Folders for the key's file. Those that stay writable in a read-only container and are in memory come first. */
export const KEY_FOLDERS: readonly string[] = ['/dev/shm', '/tmp', '/run', '/var/tmp', '/dev'];

/**
 * The common beginning of both scripts that query Gluetun's control server from inside the gateway. If something they
 * need is missing, they print a line of its own: `lacks THING`. They write nothing but their protocols, because the
 * engine keeps no order between stdout and stderr.
 *
 * The key comes through the environment. A `--header` would show it in the process list. GNU wget takes its
 * configuration from a regular file only: it refuses a pipe, which is what a here-document is in both shells
 * (`--config` and `WGETRC`, 1.21). So `hand_over` opens a file, unlinks it, and only then writes the key into it;
 * wget reads it by its descriptor. Nobody else can open it, and nothing is left behind, however the shell ends. The
 * key is read back first, because on a full disk a file can be created but not written. mktemp is not needed: `set
 * -C` never opens an existing file, and the next folder is tried.
 *
 * BusyBox's wget takes no configuration, so the request goes out without the key. The Gluetun versions that come with
 * it do not use keys.
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

/** What the script lacks, as one clause with the remedy; undefined if the line is no such message. */
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
