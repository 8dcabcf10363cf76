import { SECRETS, lookForSecrets, takeShownSecrets } from './marked-secrets.ts';

describe('lookForSecrets', () => {
  it.each<{ given: string; text: string }>([
    { given: 'as it is', text: `X-API-Key: ${SECRETS.apiKey}` },
    { given: 'in a URL', text: `https://user:${encodeURIComponent(SECRETS.password)}@host/` },
    { given: 'in JSON', text: JSON.stringify({ env: [`KEY=${SECRETS.environment}`] }) },
    ...['u', 'us', 'use'].map((user) => ({
      given: `in the header for basic authentication of ${user}`,
      text: Buffer.from(`${user}:${SECRETS.password}`).toString('base64'),
    })),
  ])('finds a secret $given', ({ text }) => {
    lookForSecrets('the log', text);
    expect(takeShownSecrets()).toEqual([expect.stringMatching(/^the log: /)]);
  });

  it('finds none in what is masked', () => {
    lookForSecrets('the log', 'GLUETUN_API_KEY  ********  (environment)');
    expect(takeShownSecrets()).toEqual([]);
  });
});
