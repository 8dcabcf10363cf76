import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExecCommand } from '../../streams/engine.ts';

/** Where a probe script may run: with GNU tools, as in current Gluetun versions, or with BusyBox alone. */
export interface Toolbox {
  readonly name: string;
  readonly gnu: boolean;
  /** The folders the script finds its programs in. */
  readonly path: (folder: string) => string;
  readonly shell: (path: string) => string;
  readonly missing: string | undefined;
}

const has = (program: string): boolean => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;
const isGnuWget = (): boolean => spawnSync('wget', ['--version']).stdout.toString().includes('GNU Wget');

const lacking = (...programs: readonly string[]): string | undefined => {
  const missing = programs.filter((program) => !has(program));
  if (missing.length > 0) return `${missing.join(', ')} not found`;
  return programs.includes('wget') && !isGnuWget() ? 'wget is not GNU wget' : undefined;
};

export const GNU: Toolbox = {
  name: 'sh and GNU wget',
  gnu: true,
  path: () => process.env['PATH'] ?? '',
  shell: () => '/bin/sh',
  missing: lacking('sh', 'wget', 'sleep'),
};

export const BUSYBOX: Toolbox = {
  name: 'BusyBox alone',
  gnu: false,
  path: (folder) => {
    const bin = join(folder, 'bin');
    mkdirSync(bin, { recursive: true });
    const [busybox = ''] = spawnSync('sh', ['-c', 'command -v busybox']).stdout.toString().split('\n');
    for (const applet of ['sh', 'wget', 'rm', 'sleep']) symlinkSync(busybox, join(bin, applet));
    return bin;
  },
  shell: (path) => join(path, 'sh'),
  missing: lacking('busybox'),
};

/**
 * A suite that needs the toolbox. If that is missing, there is one test, which fails if `REQUIRE_ENGINE=1` (as
 * in CI) and otherwise says why nothing else ran.
 */
export const describeWith = (toolbox: Toolbox, suite: () => void): void => {
  describe(`with ${toolbox.name}`, () => {
    if (toolbox.missing === undefined) {
      suite();
      return;
    }
    const reason = `not tested with ${toolbox.name}: ${toolbox.missing}`;
    it(reason, () => {
      if (process.env['REQUIRE_ENGINE'] === '1') throw new Error(`REQUIRE_ENGINE=1, but ${reason}`);
      process.stderr.write(`${reason}\n`);
    });
  });
};

/** Runs a command as an exec in the gateway would, in an empty folder, and looks at what it leaves behind. */
export class ScriptHost {
  readonly #toolbox: Toolbox;
  #folder = '';
  #path = '';

  constructor(toolbox: Toolbox) {
    this.#toolbox = toolbox;
    beforeEach(() => {
      this.#folder = mkdtempSync(join(tmpdir(), 'gluetun-monitor-script-'));
      for (const name of ['tmp', 'home', 'work']) mkdirSync(join(this.#folder, name));
      this.#path = toolbox.path(this.#folder);
    });
    afterEach(() => rmSync(this.#folder, { recursive: true, force: true }));
  }

  /** A path on which these shell scripts, by their names, are found before everything else. */
  withPrograms(programs: Readonly<Record<string, string>>): string {
    const folder = join(this.#folder, 'programs');
    mkdirSync(folder, { recursive: true });
    for (const [name, script] of Object.entries(programs))
      writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    return `${folder}:${this.#path}`;
  }

  start({ cmd, env }: ExecCommand, more: Readonly<Record<string, string>> = {}): ChildProcess {
    return spawn(this.#toolbox.shell(this.#path), cmd.slice(1), {
      cwd: join(this.#folder, 'work'),
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: this.#path,
        HOME: join(this.#folder, 'home'),
        TMPDIR: join(this.#folder, 'tmp'),
        MARK: this.#folder,
        ...variables(env),
        ...more,
      },
    });
  }

  /** Its stdout, to the end. */
  async run(command: ExecCommand, more: Readonly<Record<string, string>> = {}): Promise<string> {
    const child = this.start(command, more);
    const said: Buffer[] = [];
    child.stdout?.on('data', (chunk: Buffer) => said.push(chunk));
    await new Promise((resolve, reject) => child.once('close', resolve).once('error', reject));
    return Buffer.concat(said).toString();
  }

  /** The files that it created and did not remove, including those in its temporary folder and its home. */
  leftFiles(): string[] {
    return ['tmp', 'home', 'work'].flatMap((name) =>
      readdirSync(join(this.#folder, name), { recursive: true }).map((file) => join(name, String(file))),
    );
  }

  temporaryFiles(): string[] {
    return readdirSync(join(this.#folder, 'tmp')).map((file) =>
      readFileSync(join(this.#folder, 'tmp', file), 'utf8'),
    );
  }

  /** The command lines of its running processes: they have this host's folder in their environment. */
  processes(): string[] {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .filter((pid) => readProc(pid, 'environ').includes(`MARK=${this.#folder}\0`))
      .map((pid) => readProc(pid, 'cmdline'))
      .filter((line) => line !== '');
  }
}

const variables = (env: readonly string[]): Readonly<Record<string, string>> =>
  Object.fromEntries(
    env.map((entry): [string, string] => {
      const end = entry.indexOf('=');
      return [entry.slice(0, end), entry.slice(end + 1)];
    }),
  );

/** Empty if the process has ended meanwhile, or is not ours. */
const readProc = (pid: string, file: 'cmdline' | 'environ'): string => {
  try {
    return readFileSync(join('/proc', pid, file), 'utf8');
  } catch {
    return '';
  }
};
