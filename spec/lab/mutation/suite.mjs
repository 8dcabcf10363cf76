import { expect } from 'expect';

/**
 * The part of jest's interface that the chosen specs use, for tests that run many thousand times in one process. They
 * are collected once; a test is `{ id, file, run }`.
 */
export function collecting(onTest) {
  let file = '';
  let scope = { name: '', hooks: [] };
  let count = 0;

  const it = (title, run) => {
    const { name, hooks } = scope;
    onTest({ id: `${file} ›${name} › ${title} #${(count += 1)}`, file, run: withHooks(run, hooks) });
  };
  const spread = (run, one) => (Array.isArray(one) ? run(...one) : run(one));
  it.each = (cases) => (title, run) =>
    cases.forEach((one) => it(titleOf(title, one), () => spread(run, one)));

  const describe = (name, define) => {
    const outer = scope;
    scope = { name: `${outer.name} › ${name}`, hooks: [...outer.hooks] };
    define();
    scope = outer;
  };
  describe.each = (cases) => (name, define) =>
    cases.forEach((one) => describe(titleOf(name, one), () => spread(define, one)));

  const afterEach = (hook) => void scope.hooks.push(hook);
  // Reports at the end of a file are of no use here.
  const globals = { describe, it, expect, afterEach, afterAll: () => undefined };
  return {
    globals,
    ofFile(name, define) {
      [file, scope, count] = [name, { name: '', hooks: [] }, 0];
      define();
    },
  };
}

const withHooks = (run, hooks) => async () => {
  try {
    await run();
  } finally {
    for (const hook of hooks) await hook();
  }
};

const titleOf = (title, one) =>
  title.replace(/\$(\w+)/g, (whole, key) =>
    one !== null && typeof one === 'object' ? String(one[key]) : whole,
  );
