import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { asyncScheduler, firstValueFrom, from, map } from 'rxjs';
import { lackIn } from '../../streams/control-server-script.ts';
import { endpoint$, endpointCommand } from '../../streams/endpoint.ts';
import type { ExecCommand } from '../../streams/engine.ts';
import type { EndpointEvent } from '../../streams/events.ts';
import { type VpnRestart, vpnRestart$, vpnRestartCommand } from '../../streams/vpn-restart.ts';
import { inFolders } from './key-folders.ts';
import { LittleServer, answer } from './little-server.ts';
import { frame } from './marbles.ts';
import { BUSYBOX, GNU, ScriptHost, type Toolbox, describeWith } from './script-host.ts';

const KEY = 'k3y';
const TOOLS = ['wget', 'sleep', 'rm', 'head', 'tr'];

/** Only what the scripts may need, each by itself. */
const bare = (name: string, shell: string, tools: readonly string[]): Toolbox => ({
  ...GNU,
  name,
  path: (folder) => {
    const bin = join(folder, 'bin');
    rmSync(bin, { recursive: true, force: true });
    mkdirSync(bin);
    for (const tool of tools) symlinkSync(locate(tool), join(bin, tool));
    if (shell === 'busybox') writeFileSync(join(bin, 'sh'), shellAlone(), { mode: 0o755 });
    else symlinkSync(locate(shell), join(bin, 'sh'));
    return bin;
  },
  shell: (path) => join(path, 'sh'),
  missing: GNU.missing ?? BUSYBOX.missing,
});

const lacking = (missing: string, shell: string): Toolbox =>
  bare(
    `all tools but ${missing}`,
    shell,
    TOOLS.filter((tool) => tool !== missing),
  );

/** Debian's BusyBox takes its own applets first, there or not: this one has forgotten them. Its list stays sorted. */
const shellAlone = (): Buffer => {
  const program = readFileSync(locate('busybox'));
  for (const tool of TOOLS) {
    const last = program.indexOf(`\0${tool}\0`) + tool.length;
    program.writeUInt8(program.readUInt8(last) - 1, last);
  }
  return program;
};

const locate = (program: string): string =>
  spawnSync('sh', ['-c', `command -v ${program}`])
    .stdout.toString()
    .trim();

const REQUEST = { kind: 'readEndpoint', lane: 'gluetun', requestId: 3, gatewayId: 'g' } as const;

type Change = (command: ExecCommand) => ExecCommand;

/** What becomes of both questions, the scripts of both being changed by `change` before they run. */
const useQuestions = (toolbox: Toolbox) => {
  const host = new ScriptHost(toolbox);
  const server: LittleServer = new LittleServer((path, socket) => {
    if (server.requests.at(-1)?.includes(`X-API-Key: ${KEY}\r\n`) !== true) {
      socket.end(answer('401 Unauthorized', [], 'Unauthorized'));
      return;
    }
    const body = path.endsWith('/ip') ? '{"public_ip":"203.0.113.7"}' : '{"status":"running"}';
    socket.end(answer('200 OK', ['Content-Type: text/plain'], body));
  });
  const parts = (change: Change, key: string) => ({
    engine: {
      exec: (_: string, command: ExecCommand) =>
        from(host.run(change(command))).pipe(map((said) => frame(said))),
    },
    scheduler: asyncScheduler,
    controlServer: { url: server.url(''), key: key === 'with the key' ? KEY : undefined },
  });
  return {
    host,
    server,
    endpoint: (change: Change, key: 'with the key' | 'without a key' = 'with the key') =>
      firstValueFrom<EndpointEvent>(endpoint$(REQUEST, parts(change, key))),
    vpnRestart: (change: Change, key: 'with the key' | 'without a key' = 'with the key') =>
      firstValueFrom<VpnRestart>(vpnRestart$('g', parts(change, key))),
  };
};

const asIs = (command: ExecCommand): ExecCommand => command;

/** As on a full disk: the file is made, and takes nothing. */
const withoutSpace = ({ cmd: [shell = '', ...rest], env }: ExecCommand): ExecCommand => ({
  cmd: [shell, '-c', 'ulimit -f 0; trap "" XFSZ; exec sh "$@"', 'full', ...rest],
  env,
});

const NO_FOLDER =
  /^GLUETUN_API_KEY cannot be handed to wget in the gateway: no folder there can be written to \(/;
const NO_SPACE =
  /^GLUETUN_API_KEY cannot be handed to wget in the gateway: no folder there has space for it \(/;

describe.each(['dash', 'busybox'])("the control server's API key, in %s", (shell) => {
  const toolbox = bare(shell, shell, TOOLS);

  describeWith({ ...toolbox, name: 'neither mktemp nor grep' }, () => {
    const { host, server, endpoint, vpnRestart } = useQuestions(toolbox);

    it('is passed to wget', async () => {
      expect(await endpoint(asIs)).toMatchObject({ type: 'endpointRead', ip: '203.0.113.7' });
      expect(await vpnRestart(asIs)).toEqual({ result: 'restarted' });
      expect(host.leftFiles()).toEqual([]);
    });

    it.each([
      ['does not exist', '$TMPDIR/none'],
      ['is read-only', '/proc'],
      ['is not a folder', '/dev/null'],
    ])('is passed to wget through the next folder if the first one %s', async (_, folder) => {
      const change = (command: ExecCommand): ExecCommand => inFolders(command, [folder, '$TMPDIR']);
      expect(await endpoint(change)).toMatchObject({ type: 'endpointRead', ip: '203.0.113.7' });
      expect(await vpnRestart(change)).toEqual({ result: 'restarted' });
      expect(host.leftFiles()).toEqual([]);
    });

    it('is never written to an existing file of that name', async () => {
      const change = (command: ExecCommand): ExecCommand => {
        const [one = '', two = '', script = '', ...rest] = inFolders(command, ['$TMPDIR', '/proc']).cmd;
        return { ...command, cmd: [one, two, `: >"$TMPDIR/gluetun-monitor-$$"; ${script}`, ...rest] };
      };
      expect(await endpoint(change)).toMatchObject({ reason: expect.stringMatching(NO_FOLDER) as unknown });
      expect(host.temporaryFiles()).toEqual(['']);
      expect(server.requests).toEqual([]);
    });

    it('is not sent if no folder is writable: no request is made, and the reason says so', async () => {
      const change = (command: ExecCommand): ExecCommand => inFolders(command, ['$TMPDIR/none', '/proc']);
      const reason = expect.stringMatching(NO_FOLDER) as unknown;
      expect(await endpoint(change)).toMatchObject({ type: 'endpointUnavailable', reason });
      expect(await vpnRestart(change)).toEqual({ result: 'unavailable', reason });
      expect(server.requests).toEqual([]);
    });

    it('is not sent if the disk is full, and the reason says so', async () => {
      const reason = expect.stringMatching(NO_SPACE) as unknown;
      expect(await endpoint(withoutSpace)).toMatchObject({ type: 'endpointUnavailable', reason });
      expect(await vpnRestart(withoutSpace)).toEqual({ result: 'unavailable', reason });
      expect(server.requests).toEqual([]);
      expect(host.leftFiles()).toEqual([]);
    });

    it('needs no writable folder if none is set: a read-only gateway is still asked', async () => {
      const change = (command: ExecCommand): ExecCommand => inFolders(command, ['/proc']);
      expect(await endpoint(change, 'without a key')).toMatchObject({
        reason: 'the control server asks for a key: set GLUETUN_API_KEY',
      });
      expect(server.requests).toHaveLength(1);
    });
  });

  describe.each(['wget', 'sleep', 'rm'])('without %s', (missing) => {
    const lame = lacking(missing, shell);
    describeWith(lame, () => {
      const { server, endpoint, vpnRestart } = useQuestions(lame);

      it('makes no request and gives the missing program as the reason', async () => {
        const reason = `the gateway has no ${missing} to ask its control server with`;
        expect(await endpoint(asIs)).toMatchObject({ type: 'endpointUnavailable', reason });
        expect(await vpnRestart(asIs)).toEqual({ result: 'unavailable', reason });
        expect(server.requests).toEqual([]);
      });
    });
  });

  describe.each(['head', 'tr'])('without %s', (missing) => {
    const lame = lacking(missing, shell);
    describeWith(lame, () => {
      const { server, endpoint, vpnRestart } = useQuestions(lame);

      it('leaves the VPN alone, as its answers could not be read, but still reads the endpoint', async () => {
        const reason = `the gateway has no ${missing} to ask its control server with`;
        expect(await vpnRestart(asIs)).toEqual({ result: 'unavailable', reason });
        expect(server.requests).toEqual([]);
        expect(await endpoint(asIs)).toMatchObject({ type: 'endpointRead' });
      });
    });
  });
});

describe("the control server's API key, with BusyBox's wget", () => {
  describeWith(BUSYBOX, () => {
    const { host, endpoint, vpnRestart } = useQuestions({
      ...BUSYBOX,
      path: (folder) => {
        const bin = BUSYBOX.path(folder);
        for (const applet of ['head', 'tr']) symlinkSync(locate('busybox'), join(bin, applet));
        return bin;
      },
    });

    it('is not sent, and the reason says so if the server refuses', async () => {
      expect(await endpoint(asIs)).toMatchObject({
        type: 'endpointUnavailable',
        reason:
          'the control server does not answer (wget exit code 1); it was not sent GLUETUN_API_KEY, which needs GNU ' +
          'wget in the gateway (Gluetun has it since v3.33)',
      });
      expect(await vpnRestart(asIs)).toMatchObject({
        result: 'unavailable',
        reason: 'the gateway has no GNU wget to tell its control server with (Gluetun has it since v3.33)',
      });
      expect(host.leftFiles()).toEqual([]);
    });
  });
});

describe('a missing program', () => {
  it.each(['', 'lacks', 'lacks ', 'lacks \u001b[2J', 'lacks more than one word', ' lacks wget', 'exit 0 -'])(
    'is not read from the line "%s"',
    (line) => expect(lackIn(line)).toBeUndefined(),
  );
});

describe('the script', () => {
  it.each([endpointCommand, vpnRestartCommand])('is the same with any key: %p', (command) => {
    const scripts = ['a', `$(touch x)'"`].map((key) => command({ url: 'http://h', key }).cmd);
    expect(scripts[0]).toEqual(scripts[1]);
  });
});
