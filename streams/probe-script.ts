import type { Site } from '../config/config.ts';
import { WITHIN } from './bounded-command.ts';
import type { ExecCommand } from './engine.ts';

/** Bytes of wget's output that are sent, because it may be long. None are sent once an HTTP status was seen. */
const LONGEST_TEXT = 1_500;
/** Separates the lines of that output. */
const LINE_END = '\t';

/**
 * One shell for all sites, because an exec costs as much as twenty probes. Runs in Alpine's ash and Debian's dash,
 * with GNU wget and BusyBox's. Protocol, on stdout: `start`, then for each site as it ends `INDEX CODE STATUS TEXT`.
 * CODE is wget's own exit code, or `-` if wget did not get its full time or was never run. STATUS is the last HTTP
 * status seen, or `-`. TEXT, only if there is no status, is the output instead, its lines separated by tabs.
 *
 * - The sites are arguments (`SECONDS URL` for each), never part of the script's text, and follow `--`.
 * - `within` is the one bound on DNS, connect, TLS, redirects and body together. wget's own `-T` bounds each part
 *   separately, and crashes Debian's BusyBox.
 * - `PIPE` is ignored. BusyBox's wget runs TLS in a helper, and would die of the signal if the helper gives up first.
 * - Only a shell that reaches the end of `run` reports wget's code. If it cannot fork, it ends with 2. The site is
 *   then probed after the others, alone, in what is left of its time: four processes for each site may exceed a limit
 *   of pids. The outer shell may end for the same reason; hence `EXIT`.
 * - wget's output is split into lines, and a status line is one that begins like one. A header's value may look like
 *   one too, and cutting a flood of headers from the front again and again takes the shell seconds. A line with a tab
 *   belongs to a header.
 * - `-Y off` makes both wgets ignore a proxy. With `HOME=/dev/null` no `.wgetrc` is read and no HSTS file is left.
 */
const CHECK_SCRIPT = `
export HOME=/dev/null LC_ALL=C${WITHIN}run() {
  trap '' PIPE
  within "$1" wget -Y off -t 1 --spider -S -- "$2" 2>&1
  printf '\\n%s' "$?"
}
probe() {
  said=$(run "$2" "$3") || return 2
  set -f
  IFS='
'
  code=\${said##*"$IFS"}
  status=-
  text=
  for line in $said; do
    case "$line" in
      '  HTTP/'[0-9]*) number=\${line#*/* } ;;
      "$code" | --* | *'${LINE_END}'*) continue ;;
      *) [ "\${#text}" -gt ${String(LONGEST_TEXT)} ] || text="$text\${text:+${LINE_END}}$line"; continue ;;
    esac
    case "$number" in [1-5][0-9][0-9] | [1-5][0-9][0-9][!0-9]*) status=\${number%%[!0-9]*} ;; esac
  done
  [ "$4$code" != late137 ] || code=-
  [ "$status" = - ] || text=
  printf '%s %s %s%.${String(LONGEST_TEXT)}s\\n' "$1" "$code" "$status" "\${text:+ $text}"
}
probe_all() {
  while [ $# -gt 1 ]; do
    probe "$begun" "$1" "$2" '' 2>/dev/null &
    eval "process_$begun=$!"
    begun=$((begun + 1))
    shift 2
  done
}
probe_again() {
  index=0
  while [ "$index" -lt "$begun" ]; do
    eval "wait \\$process_$index; process_$index=\\$?"
    index=$((index + 1))
  done
  index=0
  while [ $# -gt 1 ]; do
    eval "code=\\\${process_$index:-2}"
    read -r now rest </proc/uptime
    left=$(($1 - \${now%%.*} + \${start%%.*}))
    if [ "$code" != 2 ]; then :
    elif [ "$left" -gt 0 ]; then probe "$index" "$left" "$2" late
    else echo "$index - - no process could be started in time"
    fi
    index=$((index + 1))
    shift 2
  done
}
if ! command -v sleep >/dev/null; then
  echo 'sleep is missing in the gateway'
  exit
fi
read -r start rest </proc/uptime
begun=0
echo start
trap 'probe_again "$@"' EXIT
probe_all "$@"
`;

export const checkCommand = (sites: readonly Site[]): ExecCommand => ({
  cmd: [
    'sh', '-c', CHECK_SCRIPT, 'gluetun-monitor-check',
    ...sites.flatMap((site) => [String(site.timeoutSeconds), site.url]),
  ], // prettier-ignore
  env: [],
});

/** What the script reports of one site. */
export interface ProbeLine {
  readonly index: number;
  /** wget's own exit code; undefined if it was not run, or not for its full time. */
  readonly exitCode: number | undefined;
  readonly httpStatus: number | undefined;
  /** Output of wget, or of what failed to run it, by lines; not fit to be shown. Empty if there is an HTTP status. */
  readonly output: readonly string[];
}

/** Parses one line of the check's protocol after `start`; undefined for anything else. */
export function parseProbeLine(line: string): ProbeLine | undefined {
  const match = /^(\d{1,5}) (\d{1,3}|-) (?:([1-5]\d\d)|-(?: (.+))?)$/s.exec(line);
  if (match === null) return undefined;
  const [, index, exitCode, status, text] = match;
  return {
    index: Number(index),
    exitCode: exitCode === '-' ? undefined : Number(exitCode),
    httpStatus: status === undefined ? undefined : Number(status),
    output: text?.slice(0, LONGEST_TEXT).split(LINE_END) ?? [],
  };
}
