/**
 * `within SECONDS COMMAND [ARGUMENT …]`, for a subshell of the scripts that run in the gateway, be it Alpine's ash or
 * Debian's dash: the command's exit code; 137 if it was killed because its time was up.
 *
 * - It also ends what nobody listens to any more: the engine does not kill an exec whose client went away.
 * - A `sleep` beside the command, not `timeout -s KILL`: BusyBox's leaves its timer to PID 1. If that waits for no child
 *   but its own, each call leaves a zombie for ever, until the gateway has no more processes to give. Whichever ends
 *   first ends the other, and both are waited for.
 * - A signal's trap, not a flag, ends the `sleep`: a command that ends right before the `wait` is not missed. By KILL,
 *   for a script that ignores TERM has children that do. If there is no `sleep`, it is over before its number is known:
 *   then there is nothing to kill, and nothing to say of that.
 * - Where no process can be started for it the subshell ends with 2, and nothing is left behind.
 */
export const WITHIN = `
within() {
  timer=
  trap 'trap - CHLD; exec 2>/dev/null; kill -KILL "$timer"; wait "$timer"' EXIT
  trap 'kill -KILL "$timer" 2>/dev/null' CHLD
  sleep "$1" >/dev/null &
  timer=$!
  shift
  "$@" </dev/null &
  child=$!
  exec 2>/dev/null
  wait "$timer"
  trap - CHLD EXIT
  kill -KILL "$timer"
  kill -KILL "$child"
  wait "$timer"
  wait "$child"
}
`;
