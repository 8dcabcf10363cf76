import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import TestRunner from 'jest-runner';

/** So many spec files, those that have killed the latest mutants, are tried before all others. */
const FAVOURITES = 2;

/** One that takes longer is none, however many it kills: with a mutant it may take for ever. */
const QUICK_MS = 1_000;

/**
 * Under Stryker jest loads every spec file for every mutant, each with all it imports, and runs them all though the
 * first has failed already. This one takes only those that have a test to run, loads them together, and stops at the
 * first test that fails.
 */
export default class ImpatientRunner extends TestRunner {
  async runTests(tests, watcher, options) {
    if (process.env.__STRYKER_ACTIVE_MUTANT__ === undefined) return this.#runAll(tests, watcher, options);
    const files = this.#inOrder();
    for (const group of [files.slice(0, FAVOURITES), files.slice(FAVOURITES)]) {
      if (group.length === 0 || tests.length === 0) continue;
      process.env.SPECS_TO_TRY = JSON.stringify(group);
      const together = { ...tests[0], path: path.join(import.meta.dirname, 'together.ts') };
      const [{ testResults = [], testExecError } = {}] = await this.#collect(() =>
        super.runTests([together], watcher, options),
      );
      const failed = testResults.find(({ status }) => status === 'failed');
      if (failed !== undefined) remember(group.find((file) => this.#has(file, failed.fullName)));
      if (failed !== undefined || testExecError) return;
    }
  }

  /** Without a mutant: what there is, and how long it takes, is noted for the runs to come, in whatever process. */
  async #runAll(tests, watcher, options) {
    const results = await this.#collect(() => super.runTests(tests, watcher, options));
    const noted = results.map(({ testFilePath, testResults }) => [
      testFilePath,
      testResults.map(({ fullName, duration }) => [fullName, duration ?? 0]),
    ]);
    writeFileSync(this.#notesFile, JSON.stringify(Object.fromEntries(noted)));
  }

  /** What has just killed a mutant is likely to kill the next one; then the quickest first. */
  #inOrder() {
    const pattern = new RegExp(this._globalConfig.testNamePattern ?? '', 'i');
    const rank = ({ file, takesMs }) =>
      killers.includes(file) && takesMs < QUICK_MS ? killers.indexOf(file) : Infinity;
    return Object.entries(this.#noted)
      .map(([file, tests]) => ({ file, chosen: tests.filter(([name]) => pattern.test(name)) }))
      .filter(({ chosen }) => chosen.length > 0)
      .map(({ file, chosen }) => ({ file, takesMs: chosen.reduce((sum, [, ms]) => sum + ms, 0) }))
      .sort((a, b) => compare(rank(a), rank(b)) || a.takesMs - b.takesMs)
      .map(({ file }) => file);
  }

  #has(file, fullName) {
    return this.#noted[file].some(([name]) => name === fullName.trim());
  }

  async #collect(run) {
    const results = [];
    const stop = this.on('test-file-success', ([, result]) => results.push(result));
    await run();
    stop();
    return results;
  }

  get #noted() {
    notes ??= JSON.parse(readFileSync(this.#notesFile, 'utf8'));
    return notes;
  }

  get #notesFile() {
    return path.join(this._globalConfig.rootDir, '.spec-files.json');
  }
}

let notes;
let killers = [];

const remember = (killer) => {
  killers = [killer, ...killers.filter((file) => file !== killer)];
};

const compare = (a, b) => (a === b ? 0 : a - b);
