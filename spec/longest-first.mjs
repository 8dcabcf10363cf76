import Sequencer from '@jest/test-sequencer';

/**
 * Files that take longest, the longest first: whatever is begun last is what everybody waits for. Jest itself learns how
 * long each takes, but on a fresh clone it has nothing to go by except their sizes.
 */
const LONGEST = [
  'spec/e2e/causes.spec.ts',
  'spec/lab/histories/days.spec.ts',
  'spec/e2e/chaos.spec.ts',
  'spec/e2e/proxy/forbidden-calls.spec.ts',
  'spec/demo/demo.spec.ts',
  'spec/e2e/main-job.spec.ts',
  'spec/world/decisions.spec.ts',
];

const rankOf = ({ path }) => {
  const rank = LONGEST.findIndex((name) => path.endsWith(name));
  return rank === -1 ? LONGEST.length : rank;
};

export default class LongestFirst extends Sequencer {
  sort(tests) {
    return super.sort(tests).sort((one, other) => rankOf(one) - rankOf(other));
  }
}
