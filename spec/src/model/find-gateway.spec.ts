import { lastingWord } from '../../../src/model/find-gateway.ts';
import { gatewayFacts, idOf } from '../builders.ts';

describe('the word a gateway is remembered by', () => {
  const facts = gatewayFacts({ id: idOf('gluetun') });

  it.each([
    { given: 'its name', word: 'gluetun', kept: 'gluetun' },
    { given: 'its compose service', word: 'vpn', kept: 'vpn' },
    { given: 'its whole id', word: facts.id, kept: 'gluetun' },
    { given: 'the beginning of its id', word: facts.id.slice(0, 12), kept: 'gluetun' },
    {
      given: 'a service whose name its id begins with',
      word: facts.id.slice(0, 2),
      kept: facts.id.slice(0, 2),
    },
  ])('is $kept, given $given', ({ word, kept }) => {
    expect(lastingWord(word, facts)).toBe(kept);
  });
});
