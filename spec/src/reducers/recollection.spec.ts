import {
  destroyed,
  died,
  foundGone,
  gatewayFacts,
  idOf,
  inspected,
  onGateway,
  created,
  seconds,
  started,
  stoppedByHand,
} from '../builders.ts';
import { settled } from '../history.ts';

const app = onGateway('app');
const anew = gatewayFacts({ id: idOf('gluetun anew'), health: 'starting' });

describe('what is remembered', () => {
  it('is every id the gateway has had, the latest first', () => {
    const { state } = settled([app]).feed(
      destroyed('gluetun'),
      created('gluetun', { id: anew.id }),
      inspected(anew),
    );
    expect(state.memory.gateways).toEqual({ gluetun: [anew.id, idOf('gluetun')] });
  });

  it('is who hung on it, also those that are gone', () => {
    const { state } = settled([app, onGateway('far')]).feed(destroyed('far'), foundGone('far'));
    expect(state.memory.dependents).toEqual({ [idOf('app')]: 'app', [idOf('far')]: 'far' });
  });

  it('is who was stopped by hand, once that is decided, until it runs again', () => {
    const history = settled([app]).feed(stoppedByHand('app'));
    expect(history.state.memory.stopped).toEqual([]);
    expect(history.feed(seconds(11)).state.memory.stopped).toEqual([idOf('app')]);
    expect(history.feed(started('app')).state.memory.stopped).toEqual([]);
  });

  it('is not who ended by itself, nor who is no dependent', () => {
    const history = settled([app]).feed(died('app'), stoppedByHand('other'), seconds(11));
    expect(history.state.memory.stopped).toEqual([]);
  });

  it('forgets the stop of what is gone', () => {
    const history = settled([app]).feed(stoppedByHand('app'), seconds(11), destroyed('app'));
    expect(history.state.memory.stopped).toEqual([]);
  });
});
