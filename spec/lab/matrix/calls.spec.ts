import { countsOf } from './calls.ts';

describe('the counts of the engine calls', () => {
  it('have each request that is allowed, also if nobody made it, and what was refused', () => {
    const id = '0a'.repeat(32);
    const log = [
      `200 GET /containers/${id}/json`,
      '404 GET /v1.41/containers/gluetun/json',
      '403 GET /_ping',
      '',
    ].join('\n');
    const lines = countsOf(log).split('\n');
    expect(lines).toContain('       2 GET /containers/{id}/json');
    expect(lines).toContain('       0 POST /containers/create');
    expect(lines).toContain('       1 not allowed: GET /_ping');
  });
});
