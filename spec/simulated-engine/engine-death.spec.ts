import { AFTER_A_KILL, AFTER_A_POWER_CUT, type Fate } from './fates.ts';
import { Bench, inShort } from './bench.ts';
import { parseEvents } from '../transcripts.ts';
import { toJsonLine } from './events.ts';

/** What the next engine reports of the container, and its state afterwards. */
const play = (
  { name, restartPolicy, autoRemove, ...fate }: Fate,
  goDown: (bench: Bench) => void,
): Pick<Fate, 'is' | 'told'> => {
  const bench = new Bench();
  const { engine } = bench;
  const { id } = engine.create({
    name,
    restartPolicy,
    body: { StopTimeout: 1, HostConfig: { AutoRemove: autoRemove === true } },
    workload: fate.isLooping === true ? { started: (host) => host.exit(1) } : { ignoresTerm: true },
  });
  bench.does(engine.start(name));
  bench.advance(10_000);
  if (fate.underWay !== undefined) engine[fate.underWay](name, 300);
  if (fate.isPaused === true) engine.pause(name);
  bench.advance(500);
  goDown(bench);
  if (fate.endsMeanwhile === true) engine.crash(name);
  bench.advance(400_000);
  bench.does(engine.boot());
  const told = parseEvents(engine.events.past().map(toJsonLine).join(''))
    .filter(({ Action, Actor }) => Action !== 'die' && Actor.ID === id)
    .map((event) => inShort(event).replace(`${name} `, ''));
  const container = engine.find(id);
  const is = container === undefined ? 'gone' : container.state.running ? 'up' : 'exited';
  return { is, told: [...new Set(told)] };
};

describe('a simulated engine that is killed and started again', () => {
  it.each(AFTER_A_KILL)('does what a real one does with a container that is $name', (fate) => {
    expect(play(fate, ({ engine }) => engine.breakDown())).toEqual({ is: fate.is, told: fate.told });
  });
});

describe('a simulated engine that is started again after a power cut', () => {
  it.each(AFTER_A_POWER_CUT)('does what a real one does with a container that is $name', (fate) => {
    expect(play(fate, ({ engine }) => engine.cutPower())).toEqual({ is: fate.is, told: fate.told });
  });
});
