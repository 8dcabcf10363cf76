import { judgeVpnRestart } from '../../streams/vpn-restart-verdict.ts';

const RUNNING = 'status vpn 0 200 {"status":"running"}';
const STOPPED = 'stop vpn 0 200 {"outcome":"stopped"}';
const STARTED = 'start vpn 0 200 {"outcome":"running"}';
const OCI = 'OCI runtime exec failed: exec: "sh": not found';
const outcome = (step: string, said: string): string => `${step} vpn 0 200 {"outcome":"${said}"}`;

const KEY_MISSING =
  'the control server asks for a key: set GLUETUN_API_KEY, and have Gluetun allow it GET and PUT /v1/vpn/status';
const KEY_REFUSED =
  'the control server does not accept GLUETUN_API_KEY: have Gluetun allow it GET and PUT /v1/vpn/status';
const HAS_CRASHED =
  'the VPN has crashed, and only Gluetun itself starts it again (its log says why it crashed)';
const STRANGE = 'does not answer as Gluetun does: is GLUETUN_API_URL right?';

const judge = (lines: readonly string[], key?: string) => judgeVpnRestart(lines, { url: '', key });

describe('judgeVpnRestart', () => {
  it.each([
    ['stopped and started', [RUNNING, STOPPED, STARTED]],
    ['was stopped before', [RUNNING, outcome('stop', 'already stopped'), STARTED]],
    ['the answer to the stop was lost', [RUNNING, 'stop vpn 137 - ', STARTED]],
    ['the answer to the stop was odd', [RUNNING, 'stop vpn 0 200 <html>', STARTED]],
    ['started at the third request', [RUNNING, STOPPED, 'start vpn 137 - ', 'start vpn 8 500 x', STARTED]],
    ['started before the answer to the first request came', [RUNNING, STOPPED, 'start vpn 137 - ', outcome('start', 'already running')]],
    ['up to v3.40 the health check was faster', [RUNNING, STOPPED, outcome('start', 'already running')]],
    ['the health check is about to be faster', [RUNNING, STOPPED, outcome('start', 'already starting')]],
    ['starting when Gluetun was asked to end', [RUNNING, STOPPED, outcome('start', 'starting')]],
    ['it had been stopped, and the health check was faster', [RUNNING, outcome('stop', 'already stopped'), outcome('start', 'already running')]],
    ['the answer to the stop was no line of ours', [RUNNING, 'stop vpn 0', STARTED]],
    ['by the old route', [RUNNING, STOPPED, STARTED].map((line) => line.replace(' vpn ', ' openvpn '))],
  ])('restarted: %s', (_, lines) => {
    expect(judge(lines)).toEqual({ result: 'restarted' });
  }); // prettier-ignore

  it.each([
    ['a crash', ['status vpn 0 200 {"status":"crashed"}'], HAS_CRASHED],
    ['a crash of OpenVPN', ['status vpn 8 404 x', 'status openvpn 0 200 {"status":"crashed"}'], HAS_CRASHED],
    ['a crash just before the stop', [RUNNING, outcome('stop', 'already crashed'), outcome('start', 'already crashed')], HAS_CRASHED],
    ['a crash that Gluetun ends itself', [RUNNING, outcome('stop', 'already crashed'), outcome('start', 'already running')], HAS_CRASHED],
    ['a crash just before the start', [RUNNING, STOPPED, outcome('start', 'already crashed')], HAS_CRASHED],
    ['a crash at the start', [RUNNING, STOPPED, outcome('start', 'crashed')], 'the VPN crashed as it was started (its log says why)'],
  ])('crashed: %s', (_, lines, reason) => {
    expect(judge(lines)).toEqual({ result: 'crashed', reason });
  }); // prettier-ignore

  it.each([
    ['no key', ['status vpn 6 401 '], undefined, KEY_MISSING],
    ['the wrong key', ['status vpn 6 401 '], 'k3y', KEY_REFUSED],
    ['a key that may only look', [RUNNING, 'stop vpn 6 401 ', 'start vpn 6 401 '], 'k3y', KEY_REFUSED],
    ['the old route', ['status vpn 8 404 x', 'status openvpn 6 401 '], undefined, KEY_MISSING.replace('/vpn/', '/openvpn/')],
  ])('unauthorised: %s', (_, lines, key, reason) => {
    expect(judge(lines, key)).toEqual({ result: 'unauthorised', reason });
  }); // prettier-ignore

  it.each([
    ['BusyBox', ['no GNU wget'], 'the gateway has no GNU wget to tell its control server with (Gluetun has it since v3.33)'],
    ['no shell', [`${OCI} `], OCI],
    ['nobody listens', ['status vpn 4 - '], 'the control server cannot be reached: is it on, and GLUETUN_API_URL right?'],
    ['silence', ['status vpn 137 - '], 'the control server did not answer in time'],
    ['bad TLS', ['status vpn 5 - '], 'the control server did not answer (wget exit code 5)'],
    ['a redirection', ['status vpn 8 - '], 'the control server redirects: is GLUETUN_API_URL right?'],
    ['an answer without an end', ['status vpn - 200 {"status":"running"}'], 'the control server says too much'],
    ['some other server', ['status vpn 8 404 x', 'status openvpn 8 404 x'], 'the control server does not know of a VPN (HTTP status 404): is GLUETUN_API_URL right?'],
    ['a server in trouble', ['status vpn 8 503 x'], 'the control server refuses (HTTP status 503)'],
    ['a web page', ['status vpn 0 200 <html>'], `the control server ${STRANGE}`],
    ['a list', ['status vpn 0 200 ["running"]'], `the control server ${STRANGE}`],
    ['a web page with a line separator in it', ['status vpn 0 200 <html>\u2028'], `the control server ${STRANGE}`],
    ['another success than Gluetun\'s', ['status vpn 0 202 {"status":"running"}'], 'the control server says "running"'],
    ['a word that is none', ['status vpn 0 200 {"status":"\\u001b[31m"}'], `the control server ${STRANGE}`],
    ['a word that goes on as none', ['status vpn 0 200 {"status":"running\\u001b[31m"}'], `the control server ${STRANGE}`],
    ['no OpenVPN', ['status vpn 8 400 x', 'status openvpn 0 200 {"status":"stopped"}'], 'the control server knows of OpenVPN only, and that is stopped'],
    ['a server that does not let anything be changed', [RUNNING, 'stop vpn 8 405 x', 'start vpn 8 405 x'], 'the control server refuses (HTTP status 405)'],
    ['a server that finds both requests bad', [RUNNING, 'stop vpn 8 400 x', 'start vpn 8 400 x'], 'the control server refuses (HTTP status 400)'],
  ])('unavailable: %s', (_, lines, reason) => {
    expect(judge(lines)).toEqual({ result: 'unavailable', reason });
  }); // prettier-ignore

  it.each([
    ['nothing at all', [], 'restarting the VPN was cut short'],
    ['no more than the question', [RUNNING], 'restarting the VPN was cut short'],
    ['no more than the question, by the old route', ['status openvpn 0 200 {"status":"running"}'], 'restarting the VPN was cut short'],
    ['no start', [RUNNING, STOPPED], 'restarting the VPN was cut short'],
    ['no start, after an odd answer to the question', ['status vpn 0 200 {"status":"?"}', STOPPED], 'restarting the VPN was cut short'],
    ['no more than the question, of a VPN that is stopped', ['status vpn 0 200 {"status":"stopped"}'], 'restarting the VPN was cut short'],
    ['half a line', [RUNNING, STOPPED, 'start vpn 0'], 'restarting the VPN was cut short'],
    ['a line that only ends like an answer', [RUNNING, STOPPED, `sh: ${STARTED}`], 'restarting the VPN was cut short'],
    ['a stop whose answer was no line of ours, and a start that is not answered', [RUNNING, 'stop vpn 0', 'start vpn 137 - '], 'the VPN may be left stopped: the control server did not answer in time'],
    ['a start that is refused after a stop that nobody answered', [RUNNING, 'stop vpn 0', 'start vpn 8 403 x'], 'the VPN may be left stopped: the control server refuses (HTTP status 403)'],
    ['a start that is refused after a stop in which the server failed', [RUNNING, 'stop vpn 8 500 x', 'start vpn 8 403 x'], 'the VPN may be left stopped: the control server refuses (HTTP status 403)'],
    ['a server that fails at both', [RUNNING, 'stop vpn 8 500 x', 'start vpn 8 500 x'], 'the VPN may be left stopped: the control server refuses (HTTP status 500)'],
    ['a start that is not answered', [RUNNING, STOPPED, 'start vpn 137 - '], 'the VPN may be left stopped: the control server did not answer in time'],
    ['a start that is refused', [RUNNING, STOPPED, 'start vpn 8 403 x'], 'the VPN may be left stopped: the control server refuses (HTTP status 403)'],
    ['an odd answer', [RUNNING, STOPPED, 'start vpn 0 200 <html>'], `the VPN may be left stopped: the control server ${STRANGE}`],
    ['still stopping', [RUNNING, 'stop vpn 137 - ', outcome('start', 'already stopping')], 'the VPN may be left stopped: the control server says "already stopping"'],
    ['it was starting just then', [RUNNING, outcome('stop', 'already starting'), outcome('start', 'already starting')], 'the VPN was not stopped: the control server says "already starting"'],
    ['a stop without effect', [RUNNING, 'stop vpn 8 500 x', outcome('start', 'already running')], 'the VPN was not stopped: the control server says "already running"'],
  ])('failed: %s', (_, lines, reason) => {
    expect(judge(lines)).toEqual({ result: 'failed', reason });
  }); // prettier-ignore
});
