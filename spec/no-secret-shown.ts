import { takeShownSecrets } from './marked-secrets.ts';

// For every test of every spec, by jest.config.mjs: the harnesses look at what the monitor writes.
afterEach(() => {
  expect(takeShownSecrets()).toEqual([]);
});
