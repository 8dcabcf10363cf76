import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { SEARCH_PATH } from '../../e2e/bound-process.ts';
import { exitWith } from '../../e2e/own-engine.ts';
import { SEEN } from '../../e2e/proxy/haproxy.ts';
import { countsOf } from './calls.ts';
import { ENGINES, NAMES, type Source } from './engines.ts';
import { type Played, replaced, tableOf, withTable } from './table.ts';
import { unpackEngine } from './unpack.ts';

const run = promisify(execFile);

const HELP = `Usage: ENGINE=${NAMES.join('|')} npm run test:matrix [-- [--report REPORT] [FILE…]]
       npm run test:matrix -- --docs
       npm run test:matrix -- --calls

Plays the stories that need an engine, all of them or those in the named files, on that engine. What came of all of them
is kept in coverage/matrix/; files that are played once more replace what is kept of them. REPORT gets Jest's own report. An engine that is not the installed one is unpacked from Debian's packages for it. With --docs
it plays nothing, but writes what was kept into docs/engines.md. As root, on Debian 12.

With THROUGH=haproxy all monitors reach the engine through haproxy with the published rules. A request that these do not
allow fails its story. With --calls it plays nothing, but counts the requests that went through haproxy.
`;

const THROUGH_HAPROXY = ' through haproxy';
const THROUGH = process.env['THROUGH'] === 'haproxy' ? THROUGH_HAPROXY : '';

const REPOSITORY = join(__dirname, '../../..');
const REPORTS = join(REPOSITORY, 'coverage/matrix');
const DOCS = join(REPOSITORY, 'docs/engines.md');

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    options: {
      calls: { type: 'boolean' },
      docs: { type: 'boolean' },
      help: { type: 'boolean' },
      report: { type: 'string' },
    },
    allowPositionals: true,
  });
  if (values.docs === true) return writeDocs();
  if (values.calls === true) return writeCalls();
  const name = process.env['ENGINE'] ?? '';
  const source = Object.hasOwn(ENGINES, name) ? ENGINES[name] : undefined;
  if (values.help === true || source === undefined) {
    process.stdout.write(HELP);
    return values.help === true ? 0 : 64;
  }
  const path = await pathFor(source);
  const version = await versionOf(name, source, path);
  process.stdout.write(`${version}\n`);
  const report = values.report ?? join(REPORTS, `${name}.jest.json`);
  return play({ name, version, path, report, files: positionals });
}

const pathFor = async (source: Source): Promise<string> =>
  [...(source.from === 'suite' ? await unpackEngine(source.suite) : []), SEARCH_PATH].join(delimiter);

/** A suite moves on, and what is installed may be anything: what is claimed is what was played on. */
async function versionOf(name: string, { program }: Source, path: string): Promise<string> {
  const { stdout } = await run(program, ['--version'], { env: { ...process.env, PATH: path } });
  const version = /\d+\.\d+\.\d+/.exec(stdout)?.[0] ?? 'of no known version';
  if (name !== 'podman' && !version.startsWith(`${name}.`))
    throw new Error(
      `ENGINE=${name} was asked for, but ${program} is ${version}: add it to spec/lab/matrix/engines.ts`,
    );
  return `${program} ${version}`;
}

interface Play {
  readonly name: string;
  readonly version: string;
  readonly path: string;
  /** The file for Jest's own report. */
  readonly report: string;
  readonly files: readonly string[];
}

async function play({ name, version, path, report, files }: Play): Promise<number> {
  await mkdir(REPORTS, { recursive: true });
  // What is counted is one run.
  if (THROUGH !== '') await rm(SEEN, { recursive: true, force: true });
  const args = ['--selectProjects', 'main-job', 'e2e', '--maxWorkers=4', '--json', `--outputFile=${report}`];
  const jest = spawn(
    process.execPath,
    [join(REPOSITORY, 'node_modules/jest/bin/jest.js'), ...args, '--', ...files],
    {
      cwd: REPOSITORY,
      env: { ...process.env, PATH: path, ENGINE: name, REQUIRE_ENGINE: '1' },
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  );
  const [code] = (await once(jest, 'exit')) as [number | null];
  await keep(name + THROUGH, version + THROUGH, { report, isWhole: files.length === 0 });
  return code ?? 1;
}

/** Some files alone replace what is kept of them. What was played on another version is no longer of interest. */
async function keep(
  name: string,
  version: string,
  { report, isWhole }: { report: string; isWhole: boolean },
): Promise<void> {
  const { testResults } = JSON.parse(await readFile(report, 'utf8')) as Pick<Played, 'testResults'>;
  const known = isWhole ? undefined : await readPlayed(name);
  const earlier = known?.version === version ? known.testResults : [];
  const all = replaced(earlier, testResults);
  const played: Played = { name, version, at: new Date().toISOString(), testResults: all };
  await writeFile(join(REPORTS, `${name}.json`), JSON.stringify(played));
}

async function writeDocs(): Promise<number> {
  const all = await Promise.all(NAMES.flatMap((name) => [name, name + THROUGH_HAPROXY]).map(readPlayed));
  const table = tableOf(all.filter((played) => played !== undefined));
  await writeFile(DOCS, withTable(await readFile(DOCS, 'utf8'), table));
  return 0;
}

async function writeCalls(): Promise<number> {
  const logs = await Promise.all(
    (await readdir(SEEN)).map(async (name) => readFile(join(SEEN, name), 'utf8')),
  );
  process.stdout.write(countsOf(logs.join('')));
  return 0;
}

async function readPlayed(name: string): Promise<Played | undefined> {
  const text = await readFile(join(REPORTS, `${name}.json`), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as Played);
}

exitWith('test:matrix', main());
