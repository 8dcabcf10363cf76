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
    ['the VPN stopped and started', [RUNNING, STOPPED, STARTED]],
    ['the VPN was stopped before', [RUNNING, outcome('stop', 'already stopped'), STARTED]],
    ['the answer to the stop was lost', [RUNNING, 'stop vpn 137 - ', STARTED]],
    ['the answer to the stop was invalid', [RUNNING, 'stop vpn 0 200 <html>', STARTED]],
    ['started at the third request', [RUNNING, STOPPED, 'start vpn 137 - ', 'start vpn 8 500 x', STARTED]],
    ['it started although the first request timed out', [RUNNING, STOPPED, 'start vpn 137 - ', outcome('start', 'already running')]],
    ['the health check started it first (up to v3.40)', [RUNNING, STOPPED, outcome('start', 'already running')]],
    ['the health check is starting it', [RUNNING, STOPPED, outcome('start', 'already starting')]],
    ['it was starting when Gluetun was asked to end', [RUNNING, STOPPED, outcome('start', 'starting')]],
    ['it was stopped before, and the health check started it first', [RUNNING, outcome('stop', 'already stopped'), outcome('start', 'already running')]],
    ['the answer to the stop was an incomplete line', [RUNNING, 'stop vpn 0', STARTED]],
    ['the old route was used', [RUNNING, STOPPED, STARTED].map((line) => line.replace(' vpn ', ' openvpn '))],
  ])('reports a restart if %s', (_, lines) => {
    expect(judge(lines)).toEqual({ result: 'restarted' });
  }); // prettier-ignore

  it.each([
    ['the VPN crashed before', ['status vpn 0 200 {"status":"crashed"}'], HAS_CRASHED],
    ['OpenVPN crashed before', ['status vpn 8 404 x', 'status openvpn 0 200 {"status":"crashed"}'], HAS_CRASHED],
    ['it crashes just before the stop', [RUNNING, outcome('stop', 'already crashed'), outcome('start', 'already crashed')], HAS_CRASHED],
    ['it crashes and Gluetun recovers from it', [RUNNING, outcome('stop', 'already crashed'), outcome('start', 'already running')], HAS_CRASHED],
    ['it crashes just before the start', [RUNNING, STOPPED, outcome('start', 'already crashed')], HAS_CRASHED],
    ['it crashes at the start', [RUNNING, STOPPED, outcome('start', 'crashed')], 'the VPN crashed as it was started (its log says why)'],
  ])('reports a crash if %s', (_, lines, reason) => {
    expect(judge(lines)).toEqual({ result: 'crashed', reason });
  }); // prettier-ignore

  it.each([
    ['there is no key', ['status vpn 6 401 '], undefined, KEY_MISSING],
    ['the key is wrong', ['status vpn 6 401 '], 'k3y', KEY_REFUSED],
    ['the key allows only reading', [RUNNING, 'stop vpn 6 401 ', 'start vpn 6 401 '], 'k3y', KEY_REFUSED],
    ['there is no key, on the old route', ['status vpn 8 404 x', 'status openvpn 6 401 '], undefined, KEY_MISSING.replace('/vpn/', '/openvpn/')],
  ])('reports a missing permission if %s', (_, lines, key, reason) => {
    expect(judge(lines, key)).toEqual({ result: 'unauthorised', reason });
  }); // prettier-ignore

  it.each([
    ['there is no GNU wget', ['no GNU wget'], 'the gateway has no GNU wget to tell its control server with (Gluetun has it since v3.33)'],
    ['there is no shell', [`${OCI} `], OCI],
    ['nothing listens', ['status vpn 4 - '], 'the control server cannot be reached: is it on, and GLUETUN_API_URL right?'],
    ['the server does not answer', ['status vpn 137 - '], 'the control server did not answer in time'],
    ['TLS fails', ['status vpn 5 - '], 'the control server did not answer (wget exit code 5)'],
    ['the server redirects', ['status vpn 8 - '], 'the control server redirects: is GLUETUN_API_URL right?'],
    ['the answer is endless', ['status vpn - 200 {"status":"running"}'], 'the control server says too much'],
    ['it is another server', ['status vpn 8 404 x', 'status openvpn 8 404 x'], 'the control server does not know of a VPN (HTTP status 404): is GLUETUN_API_URL right?'],
    ['the server fails', ['status vpn 8 503 x'], 'the control server refuses (HTTP status 503)'],
    ['the answer is a web page', ['status vpn 0 200 <html>'], `the control server ${STRANGE}`],
    ['the answer is a list', ['status vpn 0 200 ["running"]'], `the control server ${STRANGE}`],
    ['the answer is a web page with a line separator', ['status vpn 0 200 <html>\u2028'], `the control server ${STRANGE}`],
    ['the status is not the one that Gluetun uses for success', ['status vpn 0 202 {"status":"running"}'], 'the control server says "running"'],
    ['the status is a control sequence', ['status vpn 0 200 {"status":"\\u001b[31m"}'], `the control server ${STRANGE}`],
    ['the status contains a control sequence', ['status vpn 0 200 {"status":"running\\u001b[31m"}'], `the control server ${STRANGE}`],
    ['OpenVPN is stopped on the old route', ['status vpn 8 400 x', 'status openvpn 0 200 {"status":"stopped"}'], 'the control server knows of OpenVPN only, and that is stopped'],
    ['the server allows no changes', [RUNNING, 'stop vpn 8 405 x', 'start vpn 8 405 x'], 'the control server refuses (HTTP status 405)'],
    ['the server rejects both requests as bad', [RUNNING, 'stop vpn 8 400 x', 'start vpn 8 400 x'], 'the control server refuses (HTTP status 400)'],
  ])('reports the VPN as out of reach if %s', (_, lines, reason) => {
    expect(judge(lines)).toEqual({ result: 'unavailable', reason });
  }); // prettier-ignore

  it.each([
    ['there is no output', [], 'restarting the VPN was cut short'],
    ['the output ends after the status', [RUNNING], 'restarting the VPN was cut short'],
    ['the output ends after the status, on the old route', ['status openvpn 0 200 {"status":"running"}'], 'restarting the VPN was cut short'],
    ['there is no start', [RUNNING, STOPPED], 'restarting the VPN was cut short'],
    ['there is no start, after an unknown status', ['status vpn 0 200 {"status":"?"}', STOPPED], 'restarting the VPN was cut short'],
    ['the output ends after the status of a stopped VPN', ['status vpn 0 200 {"status":"stopped"}'], 'restarting the VPN was cut short'],
    ['the start is an incomplete line', [RUNNING, STOPPED, 'start vpn 0'], 'restarting the VPN was cut short'],
    ['the start is a line that only ends like an answer', [RUNNING, STOPPED, `sh: ${STARTED}`], 'restarting the VPN was cut short'],
    ['the stop is an incomplete line and the start is not answered', [RUNNING, 'stop vpn 0', 'start vpn 137 - '], 'the VPN may be left stopped: the control server did not answer in time'],
    ['the stop is not answered and the start is refused', [RUNNING, 'stop vpn 0', 'start vpn 8 403 x'], 'the VPN may be left stopped: the control server refuses (HTTP status 403)'],
    ['the stop fails on the server and the start is refused', [RUNNING, 'stop vpn 8 500 x', 'start vpn 8 403 x'], 'the VPN may be left stopped: the control server refuses (HTTP status 403)'],
    ['the stop and the start both fail on the server', [RUNNING, 'stop vpn 8 500 x', 'start vpn 8 500 x'], 'the VPN may be left stopped: the control server refuses (HTTP status 500)'],
    ['the start is not answered', [RUNNING, STOPPED, 'start vpn 137 - '], 'the VPN may be left stopped: the control server did not answer in time'],
    ['the start is refused', [RUNNING, STOPPED, 'start vpn 8 403 x'], 'the VPN may be left stopped: the control server refuses (HTTP status 403)'],
    ['the answer to the start is invalid', [RUNNING, STOPPED, 'start vpn 0 200 <html>'], `the VPN may be left stopped: the control server ${STRANGE}`],
    ['the VPN is still stopping', [RUNNING, 'stop vpn 137 - ', outcome('start', 'already stopping')], 'the VPN may be left stopped: the control server says "already stopping"'],
    ['the VPN was just starting', [RUNNING, outcome('stop', 'already starting'), outcome('start', 'already starting')], 'the VPN was not stopped: the control server says "already starting"'],
    ['the stop has no effect', [RUNNING, 'stop vpn 8 500 x', outcome('start', 'already running')], 'the VPN was not stopped: the control server says "already running"'],
  ])('reports a failure if %s', (_, lines, reason) => {
    expect(judge(lines)).toEqual({ result: 'failed', reason });
  }); // prettier-ignore
});
