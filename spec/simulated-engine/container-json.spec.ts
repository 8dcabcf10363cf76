import { recordedAnswer } from '../transcripts.ts';
import { Bench } from './bench.ts';

interface Inspection {
  readonly State: object & { readonly Health?: object };
  readonly Config: object;
  readonly HostConfig: object;
}

describe('a simulated inspection', () => {
  it.each([
    ['gluetun', 'inspect-healthy'],
    ['app', 'inspect-dependent'],
  ])('has the keys of a real one: %s', (name, recorded) => {
    const simulated = new Bench().engine.inspect(name) as Inspection;
    const real = recordedAnswer(recorded) as Inspection;
    expect(Object.keys(simulated)).toEqual(Object.keys(real));
    expect(Object.keys(simulated.State)).toEqual(Object.keys(real.State));
    expect(Object.keys(simulated.HostConfig)).toEqual(Object.keys(real.HostConfig));
    expect(Object.keys(simulated.State.Health ?? {})).toEqual(Object.keys(real.State.Health ?? {}));
    expect(Object.keys(real.Config)).toEqual(expect.arrayContaining(Object.keys(simulated.Config)));
  });
});

describe('a simulated list of containers', () => {
  it('has the keys of a real one, newest first', () => {
    const simulated = new Bench().engine.list({ all: true });
    const real = recordedAnswer('list') as object[];
    expect(simulated.map((entry) => Object.keys(entry))).toEqual(real.map((entry) => Object.keys(entry)));
    expect(simulated).toMatchObject([{ Names: ['/app'] }, { Names: ['/gluetun'] }]);
  });
});
