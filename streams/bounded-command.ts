/**
 * `within SECONDS COMMAND [ARGUMENT …]`, for a subshell of the scripts that run in the gateway, in Alpine's ash or
 * Debian's dash. It ends with the command's exit code, or with 137 if the command was killed because its time was up.
 *
 * - It also bounds a command that nobody waits for any more: the engine does not kill an exec when its client goes
 *   away.
 * - It uses a `sleep` beside the command and not `timeout -s KILL`, because BusyBox's leaves its timer to PID 1. If
 *   PID 1 waits only for its own children, each call leaves a zombie for ever, until the gateway runs out of
 *   processes. Whichever of the two ends first ends the other, and the subshell waits for both.
 * - A signal's trap ends the `sleep`, not a flag, so a command that ends right before the `wait` is not missed. It
 *   uses KILL, because children of a script that ignores TERM ignore it too. If there is no `sleep`, it has failed
 *   before its process number is known: nothing has to be killed, and nothing is reported.
 * - If no process can be started, the subshell ends with 2, and nothing is left behind.
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
