import fc from 'fast-check';
import { type Witness, parseWitness } from '../../config/witness.ts';

function shown(witness: Witness | undefined): string {
  if (witness === undefined) return 'nothing';
  return witness.kind === 'http' ? witness.url : `${witness.host} ${witness.port}`;
}

describe('parseWitness', () => {
  const read: { given: string; then: Witness }[] = [
    { given: 'http://a.example', then: { kind: 'http', url: 'http://a.example/' } },
    { given: 'HTTPS://A.example:443/x?y=1#z', then: { kind: 'http', url: 'https://a.example/x?y=1' } },
    {
      given: 'https://[2606:4700::1111]:8443',
      then: { kind: 'http', url: 'https://[2606:4700::1111]:8443/' },
    },
    { given: 'https://b\u00fccher.example', then: { kind: 'http', url: 'https://xn--bcher-kva.example/' } },
    { given: 'tcp://1.1.1.1:443', then: { kind: 'tcp', host: '1.1.1.1', port: 443 } },
    { given: 'TCP://One.example:80/', then: { kind: 'tcp', host: 'one.example', port: 80 } },
    { given: 'tcp://host_1:65535', then: { kind: 'tcp', host: 'host_1', port: 65_535 } },
    { given: 'tcp://[2606:4700:0::1111]:53', then: { kind: 'tcp', host: '2606:4700::1111', port: 53 } },
    { given: 'tcp://b\u00fccher.example:1', then: { kind: 'tcp', host: 'xn--bcher-kva.example', port: 1 } },
  ];
  it.each(read)('reads $given', ({ given, then }) => {
    expect(parseWitness(given)).toEqual(then);
  });

  it.each([
    '',
    'a.example',
    'a.example:443',
    '1.1.1.1:443',
    'ftp://a.example',
    'udp://1.1.1.1:53',
    'http://',
    'http:///path',
    'http:a.example',
    'http://a.example:99999',
    'http://256.1.1.1',
    'http://2606:4700::1111',
    'http://a.example/with space',
    'http://user@a.example',
    'http://user:word@a.example',
    'http://:word@a.example',
    'tcp://',
    'tcp://:443',
    'tcp:a.example:443',
    'tcp://a.example',
    'tcp://a.example:',
    'tcp://a.example:0',
    'tcp://a.example:65536',
    'tcp://a.example:https',
    'tcp://a.example:443/path',
    'tcp://a.example:443?x',
    'tcp://user:word@a.example:443',
    'tcp://2606:4700::1111:443',
    'tcp://[2606:4700::1111]',
    'tcp://[fe80::1%25eth0]:443',
    'tcp://[::g]:443',
    'tcp://256.1.1.1:443',
    'tcp://a|b:443',
  ])('refuses %p', (given) => {
    expect(parseWitness(given)).toBeUndefined();
  });

  const pieces = fc.constantFrom(
    ...[
      'http://',
      'tcp://',
      'a.example',
      '1.1.1.1',
      '[::1]',
      ':',
      '443',
      '@',
      '/',
      '?',
      '#',
      '%',
      '\\',
      ' ',
      '\0',
    ],
  );
  const texts = fc.oneof(
    fc.array(pieces, { maxLength: 12 }).map((all) => all.join('')),
    fc.string({ unit: 'binary' }),
  );

  it('never throws, and returns only usable addresses without a user or password', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const witness = parseWitness(text);
        expect(shown(witness)).toMatch(
          /^(nothing|https?:\/\/[^/\s@]+\/[^\s#]*|[^\s/@[\]\p{Cc}]+ [1-9]\d{0,4})$/u,
        );
      }),
      { numRuns: 3000 },
    );
  });
});
