import { lastingWord } from '../../../src/model/find-gateway.ts';
import { gatewayFacts, idOf } from '../builders.ts';

describe('the word under which a gateway is persisted', () => {
  const facts = gatewayFacts({ id: idOf('gluetun') });

  it.each([
    { given: 'its name', word: 'gluetun', kept: 'gluetun' },
    { given: 'its compose service', word: 'vpn', kept: 'vpn' },
    { given: 'its full ID', word: facts.id, kept: 'gluetun' },
    { given: 'the first digits of its ID', word: facts.id.slice(0, 12), kept: 'gluetun' },
    {
      given: 'a service whose name is the beginning of its ID',
      word: facts.id.slice(0, 2),
      kept: facts.id.slice(0, 2),
    },
  ])('is $kept if it is configured by $given', ({ word, kept }) => {
    expect(lastingWord(word, facts)).toBe(kept);
  });
});
