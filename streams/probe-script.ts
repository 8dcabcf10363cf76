import type { Site } from '../config/config.ts';
import type { ExecCommand } from './engine.ts';

/**
 * One shell for all sites, for an exec costs as much as twenty probes. Runs in Alpine's ash and Debian's dash,
 * with GNU wget and BusyBox's. Protocol, on stdout: `start`, then for each site as it ends `INDEX CODE STATUS`
 * (wget's exit code; the last HTTP status seen, or `-`).
 *
 * - The sites are arguments (`SECONDS URL`, for each), never text of the script, and follow `--`.
 * - `timeout -s KILL` is the one bound on DNS, connect, TLS, redirects and body together, and it also ends the
 *   probe when nobody listens any more: the engine does not kill an exec whose client went away. wget's own `-T`
 *   bounds each of them apart, and crashes Debian's BusyBox.
 * - What wget said is split into lines, a status line being one that begins like one: a header's value may look
 *   like it too, and cutting a flood of headers from the front again and again takes the shell seconds.
 * - `-Y off`: both wgets' way to ignore a proxy. `HOME=/dev/null`: no `.wgetrc` is read, no HSTS file is left.
 */
const CHECK_SCRIPT = `
export HOME=/dev/null LC_ALL=C
probe() {
  said=$(timeout -s KILL "$2" wget -Y off -t 1 --spider -S -- "$3" 2>&1 </dev/null)
  code=$?
  status=-
  set -f
  IFS='
'
  for line in $said; do
    case "$line" in '  HTTP/'[0-9]*) number=\${line#*/* } ;; *) continue ;; esac
    case "$number" in [1-5][0-9][0-9] | [1-5][0-9][0-9][!0-9]*) status=\${number%%[!0-9]*} ;; esac
  done
  echo "$1 $code $status"
}
echo start
index=0
while [ $# -gt 1 ]; do
  probe "$index" "$1" "$2" 2>/dev/null &
  index=$((index + 1))
  shift 2
done
wait
`;

export const checkCommand = (sites: readonly Site[]): ExecCommand => ({
  cmd: [
    'sh', '-c', CHECK_SCRIPT, 'gluetun-monitor-check',
    ...sites.flatMap((site) => [String(site.timeoutSeconds), site.url]),
  ], // prettier-ignore
  env: [],
});

/** One line of the check's protocol after `start`; undefined for anything else. */
export function parseProbeLine(
  line: string,
): { index: number; exitCode: number; httpStatus: number | undefined } | undefined {
  const match = /^(\d{1,5}) (\d{1,3}) (\d{3}|-)$/.exec(line);
  if (match === null) return undefined;
  const [, index, exitCode, status] = match;
  return {
    index: Number(index),
    exitCode: Number(exitCode),
    httpStatus: status === '-' ? undefined : Number(status),
  };
}
