import { existsSync, rmSync } from 'node:fs';
import type { Event } from '../../../streams/events.ts';
import { livenessFile } from '../../../src/edges/liveness-file.ts';
import type { Step } from '../../../src/program.ts';
import { TemporaryFolder } from '../../config/temporary-folder.ts';
import { eventually } from '../../e2e/eventually.ts';
import { settled } from '../history.ts';

describe('the liveness file', () => {
  const folder = new TemporaryFolder();

  const stepAt = (at: number): Step => {
    const { everything: state } = settled();
    const event: Event = { type: 'timeReached', at };
    return { event, before: state, state, notices: [] };
  };

  it('is touched as the loop goes round, at most every five seconds', async () => {
    const file = folder.at('alive');
    const { take } = livenessFile(file);
    void take(stepAt(1_000));
    await eventually('it is touched', () => existsSync(file));
    await new Promise(setImmediate);
    rmSync(file);
    void take(stepAt(5_999));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(existsSync(file)).toBe(false);
    void take(stepAt(6_000));
    await eventually('it is touched again', () => existsSync(file));
  });

  it('that cannot be written is no trouble', () => {
    const { take } = livenessFile(folder.at('nowhere/alive'));
    expect(() => void take(stepAt(1_000))).not.toThrow();
  });
});
