import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import TestRunner from 'jest-runner';

/**
 * Jest under Stryker loads every spec file for every mutant, and runs them all though the first has failed already.
 * This one loads those only that have a test to run, and stops at the first that fails: ten times as fast.
 */
export default class ImpatientRunner extends TestRunner {
  async runTests(tests, watcher, options) {
    if (process.env.__STRYKER_ACTIVE_MUTANT__ === undefined) return this.#runAll(tests, watcher, options);
    for (const test of this.#inOrder(tests)) {
      const results = await this.#collect(() => super.runTests([test], watcher, options));
      if (results.every(({ numFailingTests }) => numFailingTests === 0)) continue;
      killers.unshift(test.path);
      return;
    }
  }

  /** Without a mutant: what there is, and how long it takes, is noted for the runs to come, in whatever process. */
  async #runAll(tests, watcher, options) {
    const results = await this.#collect(() => super.runTests(tests, watcher, options));
    const noted = results.map(({ testFilePath, testResults }) => [
      testFilePath,
      testResults.map(({ fullName, duration }) => [fullName, duration ?? 0]),
    ]);
    writeFileSync(this.#notes, JSON.stringify(Object.fromEntries(noted)));
  }

  /** What has just killed a mutant is likely to kill the next one; then the quickest first. */
  #inOrder(tests) {
    const noted = JSON.parse(readFileSync(this.#notes, 'utf8'));
    const pattern = new RegExp(this._globalConfig.testNamePattern ?? '', 'i');
    const rank = (file) => (killers.includes(file) ? killers.indexOf(file) : Infinity);
    return tests
      .map((test) => ({ test, chosen: (noted[test.path] ?? []).filter(([name]) => pattern.test(name)) }))
      .filter(({ chosen }) => chosen.length > 0)
      .map(({ test, chosen }) => ({ test, takesMs: chosen.reduce((sum, [, ms]) => sum + ms, 0) }))
      .sort((a, b) => compare(rank(a.test.path), rank(b.test.path)) || a.takesMs - b.takesMs)
      .map(({ test }) => test);
  }

  async #collect(run) {
    const results = [];
    const stop = this.on('test-file-success', ([, result]) => results.push(result));
    await run();
    stop();
    return results;
  }

  get #notes() {
    return path.join(this._globalConfig.rootDir, '.spec-files.json');
  }
}

const killers = [];

const compare = (a, b) => (a === b ? 0 : a - b);
