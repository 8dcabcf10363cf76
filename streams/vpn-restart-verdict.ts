import { type ControlServer, lackIn } from './control-server-script.ts';
import { asObject, asString, parseJson } from './json.ts';

/** The result of a restart of the VPN. `reason`: one clause for a log line, with the remedy if there is one. */
export type VpnRestart =
  | { readonly result: 'restarted' }
  | { readonly result: 'unavailable' | 'unauthorised' | 'crashed' | 'failed'; readonly reason: string };

/** The control server's answer to one request of the script. */
interface Answer {
  readonly step: 'status' | 'stop' | 'start';
  readonly route: 'vpn' | 'openvpn';
  /** wget's exit code; undefined if the answer was too long to learn it. */
  readonly exitCode: number | undefined;
  readonly httpStatus: number | undefined;
  /** The VPN's status, or the outcome of a request to change it. */
  readonly word: string | undefined;
}

const CUT_SHORT: VpnRestart = { result: 'failed', reason: 'restarting the VPN was cut short' };
const CRASHED: VpnRestart = {
  result: 'crashed',
  reason: 'the VPN has crashed, and only Gluetun itself starts it again (its log says why it crashed)',
};
const NO_GNU_WGET: VpnRestart = {
  result: 'unavailable',
  reason: 'the gateway has no GNU wget to tell its control server with (Gluetun has it since v3.33)',
};

/** What the lines of the script's protocol mean, complete or not. */
export function judgeVpnRestart(lines: readonly string[], { key }: ControlServer): VpnRestart {
  const answers = lines.map(parseLine).filter((answer) => answer !== undefined);
  const last = (step: Answer['step']): Answer | undefined =>
    answers.findLast((answer) => answer.step === step);
  const [status, stop, start] = [last('status'), last('stop'), last('start')];
  if (start !== undefined) return judgeStart(start, stop, key);
  if (stop !== undefined) return CUT_SHORT;
  return status === undefined ? judgeSilence(lines) : judgeStatus(status, key);
}

function parseLine(line: string): Answer | undefined {
  const match = /^(status|stop|start) (vpn|openvpn) (\d{1,3}|-) (\d{3}|-) (.*)/s.exec(line);
  if (match === null) return undefined;
  const [, step, route, exitCode, httpStatus, text = ''] = match;
  const { status, outcome } = asObject(parseJson(text)) ?? {};
  const word = asString(status ?? outcome);
  return {
    step: step as Answer['step'],
    route: route as Answer['route'],
    exitCode: exitCode === '-' ? undefined : Number(exitCode),
    httpStatus: httpStatus === '-' ? undefined : Number(httpStatus),
    word: word !== undefined && /^[a-z ]{1,30}$/.test(word) ? word : undefined,
  };
}

/** A line instead of an answer is the runtime's reason why it cannot start the shell. */
function judgeSilence(lines: readonly string[]): VpnRestart {
  if (lines.includes('no GNU wget')) return NO_GNU_WGET;
  const lack = lines.map(lackIn).find((reason) => reason !== undefined);
  if (lack !== undefined) return { result: 'unavailable', reason: lack };
  const complaint = lines.find((line) => /\b(?:OCI runtime|runc|crun)\b/.test(line))?.trim();
  return complaint === undefined ? CUT_SHORT : { result: 'unavailable', reason: complaint };
}

/** The script ended after the status request: it had a reason to, or was cut short. */
function judgeStatus(answer: Answer, key: string | undefined): VpnRestart {
  const { route, exitCode, httpStatus, word } = answer;
  if (httpStatus === 401) return unauthorised(answer, key);
  if (word === 'crashed') return CRASHED;
  if (exitCode !== 0 || httpStatus !== 200 || word === undefined) return unavailable(answer);
  if (route === 'vpn' || word === 'running') return CUT_SHORT;
  return { result: 'unavailable', reason: `the control server knows of OpenVPN only, and that is ${word}` };
}

/** Up to v3.40 Gluetun's health check may start a stopped VPN before the script's request to start it arrives. */
function judgeStart(start: Answer, stop: Answer | undefined, key: string | undefined): VpnRestart {
  if (start.httpStatus === 401) return unauthorised(start, key);
  if (isRefused(start) && isRefused(stop)) return unavailable(start);
  if (start.word === 'crashed')
    return { result: 'crashed', reason: 'the VPN crashed as it was started (its log says why)' };
  if (start.word === 'already crashed' || stop?.word === 'already crashed') return CRASHED;
  const wasStopped = stop?.word === 'stopped' || stop?.word === 'already stopped';
  if (start.word === 'running' || (wasStopped && IN_USE.includes(start.word))) return { result: 'restarted' };
  const state = IN_USE.includes(start.word) ? 'was not stopped' : 'may be left stopped';
  return { result: 'failed', reason: `the VPN ${state}: the control server ${describeAnswer(start)}` };
}

const IN_USE: readonly (string | undefined)[] = ['starting', 'already starting', 'already running'];

const isRefused = ({ httpStatus = 0 }: Partial<Answer> = {}): boolean =>
  httpStatus >= 400 && httpStatus < 500;

const unavailable = (answer: Answer): VpnRestart => ({
  result: 'unavailable',
  reason: `the control server ${describeAnswer(answer)}`,
});

/** From v3.39.1 on each route has roles of its own. */
function unauthorised({ route }: Answer, key: string | undefined): VpnRestart {
  const routes = `GET and PUT /v1/${route}/status`;
  const reason =
    key === undefined
      ? `the control server asks for a key: set GLUETUN_API_KEY, and have Gluetun allow it ${routes}`
      : `the control server does not accept GLUETUN_API_KEY: have Gluetun allow it ${routes}`;
  return { result: 'unauthorised', reason };
}

/** What the server answered, for a log line. wget's exit codes: its manual, "Exit Status"; 137 comes from KILL. */
function describeAnswer({ exitCode, httpStatus, word }: Answer): string {
  if (exitCode === undefined) return 'says too much';
  if (word !== undefined) return `says "${word}"`;
  if (httpStatus === 200) return 'does not answer as Gluetun does: is GLUETUN_API_URL right?';
  if (httpStatus === 404) return 'does not know of a VPN (HTTP status 404): is GLUETUN_API_URL right?';
  if (httpStatus !== undefined) return `refuses (HTTP status ${httpStatus})`;
  if (exitCode === 8) return 'redirects: is GLUETUN_API_URL right?';
  if (exitCode === 137) return 'did not answer in time';
  if (exitCode === 4) return 'cannot be reached: is it on, and GLUETUN_API_URL right?';
  return `did not answer (wget exit code ${exitCode})`;
}
