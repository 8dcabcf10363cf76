import { createRequire } from 'node:module';
import { setTimeout as pause } from 'node:timers/promises';
import vm from 'node:vm';
import { PluginKind, declareClassPlugin } from '@stryker-mutator/api/plugin';
import {
  DryRunStatus,
  MutantRunStatus,
  TestStatus,
  determineHitLimitReached,
} from '@stryker-mutator/api/test-runner';
import { bundle } from './bundle.mjs';
import { collecting } from './suite.mjs';

/** RxJS throws unhandled errors in a timeout of 0 ms. */
const LATE_ERRORS_MS = 3;

/**
 * Runs specs for Stryker in its own process, thousands of times: jest would load them and all their imports again for
 * each mutant. Here only a mutant of code that runs while modules load needs that.
 */
class InProcessRunner {
  #script;
  #tests = new Map();
  /** Milliseconds in the dry run: the fastest run first. */
  #took = new Map();
  /** The file that killed the previous mutant: its specs are likely to kill the next one. */
  #killer = '';
  #lateError;
  #isMutated = false;
  #stryker = (globalThis.__stryker__ ??= {});

  capabilities() {
    return { reloadEnvironment: true };
  }

  async init() {
    this.#script = new vm.Script(`(function (require, ofFile) {${await bundle()}\n})`, {
      filename: 'specs.cjs',
    });
    process.on('uncaughtException', (error) => (this.#lateError ??= error));
    process.on('unhandledRejection', (error) => (this.#lateError ??= error));
  }

  async dryRun() {
    this.#stryker.activeMutant = undefined;
    this.#load();
    const tests = [];
    for (const test of this.#tests.values()) {
      this.#stryker.currentTestId = test.id;
      const begun = performance.now();
      const failure = await failureOf(test);
      const timeSpentMs = performance.now() - begun;
      this.#took.set(test.id, timeSpentMs);
      tests.push({ id: test.id, name: test.id, fileName: test.file, timeSpentMs, ...statusOf(failure) });
    }
    this.#stryker.currentTestId = undefined;
    return {
      status: DryRunStatus.Complete,
      tests,
      mutantCoverage: onlyWhereNeeded(this.#stryker.mutantCoverage),
    };
  }

  async mutantRun({ activeMutant, testFilter, hitLimit, mutantActivation, reloadEnvironment }) {
    await this.#settle();
    Object.assign(this.#stryker, { hitCount: hitLimit === undefined ? undefined : 0, hitLimit });
    const isStatic = mutantActivation === 'static';
    this.#stryker.activeMutant = isStatic ? activeMutant.id : undefined;
    try {
      if (reloadEnvironment || isStatic || this.#isMutated || this.#tests.size === 0) this.#load();
    } catch (error) {
      return {
        status: MutantRunStatus.Killed,
        killedBy: ['loading'],
        failureMessage: String(error),
        nrOfTests: 0,
      };
    } finally {
      this.#isMutated = isStatic;
    }
    this.#stryker.activeMutant = activeMutant.id;
    return this.#firstToFail(this.#inOrder(testFilter), hitLimit);
  }

  async #firstToFail(tests, hitLimit) {
    let nrOfTests = 0;
    for (const test of tests) {
      nrOfTests += 1;
      const failure = (await failureOf(test)) ?? this.#lateError;
      const timeout = determineHitLimitReached(this.#stryker.hitCount, hitLimit);
      if (timeout !== undefined) return timeout;
      if (failure !== undefined) return this.#killed(test, failure, nrOfTests);
    }
    await pause(LATE_ERRORS_MS);
    if (this.#lateError !== undefined) return this.#killed(tests.at(-1), this.#lateError, nrOfTests);
    return { status: MutantRunStatus.Survived, nrOfTests };
  }

  #killed({ id, file }, failure, nrOfTests) {
    this.#killer = file;
    return { status: MutantRunStatus.Killed, killedBy: [id], failureMessage: String(failure), nrOfTests };
  }

  /** Anything still pending from the previous mutant must not affect the next one. */
  async #settle() {
    this.#stryker.activeMutant = undefined;
    if (this.#lateError !== undefined) await pause(LATE_ERRORS_MS);
    this.#lateError = undefined;
  }

  #load() {
    this.#tests = new Map();
    const { globals, ofFile } = collecting((test) => this.#tests.set(test.id, test));
    Object.assign(globalThis, globals);
    this.#script.runInThisContext()(createRequire(import.meta.url), ofFile);
  }

  #inOrder(ids = [...this.#tests.keys()]) {
    const rank = ({ file, id }) => (this.#took.get(id) ?? 0) + (file === this.#killer ? 0 : FAVOUR_MS);
    return ids
      .flatMap((id) => this.#tests.get(id) ?? [])
      .map((test) => [rank(test), test])
      .sort(([one], [other]) => one - other)
      .map(([, test]) => test);
  }
}

/** How much longer a spec may take than another one and still run first. */
const FAVOUR_MS = 5;

async function failureOf({ run }) {
  try {
    await run();
    return undefined;
  } catch (error) {
    return error ?? new Error('failed');
  }
}

/**
 * Specs also call the code while they are collected, to create their fixtures. Code that tests run themselves need not
 * be reloaded for that.
 */
function onlyWhereNeeded({ static: atLoad, perTest }) {
  const inTests = new Set(Object.values(perTest).flatMap((covered) => Object.keys(covered)));
  return { perTest, static: Object.fromEntries(Object.entries(atLoad).filter(([id]) => !inTests.has(id))) };
}

const statusOf = (failure) =>
  failure === undefined
    ? { status: TestStatus.Success }
    : { status: TestStatus.Failed, failureMessage: String(failure) };

export const strykerPlugins = [declareClassPlugin(PluginKind.TestRunner, 'in-process', InProcessRunner)];
