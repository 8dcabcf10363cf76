import { insertTable, tableOf } from '../config/config-table.ts';
import { ALLOWED, STEPS, allowedBy, callsTable, haproxyRules, sectionVariables } from './engine-calls.ts';
import { readText, writeText } from './repository.ts';

const CONFIG = 'docker/haproxy.cfg';
const [BEGIN, END] = ['    # rules: written by `npm run readme`\n', '\n    # end of rules\n'];

/** The configuration with the current rules between its two marks. */
function withRules(text: string): string {
  const [before = '', rest = ''] = text.split(BEGIN);
  const [, after] = `\n${rest}`.split(END);
  if (after === undefined) throw new Error(`${CONFIG} has no marks for its rules`);
  return before + BEGIN + haproxyRules() + END + after;
}

function isCurrent(path: string, wanted: string): boolean {
  if (process.env['UPDATE_README'] === '1') writeText(path, wanted);
  return readText(path) === wanted;
}

describe('the list of engine calls', () => {
  it.each(STEPS)('is the table of %s in docker/socket-proxy.md', (step) => {
    const path = 'docker/socket-proxy.md';
    const wanted = insertTable(readText(path), `calls for ${step}`, tableOf(callsTable(step)));
    expect(isCurrent(path, wanted)).toBe(true);
  });

  it('is the rules in docker/haproxy.cfg', () => {
    expect(isCurrent(CONFIG, withRules(readText(CONFIG)))).toBe(true);
  });

  it('is what the variables in docker/section-proxy.env allow', () => {
    const set = [...readText('docker/section-proxy.env').matchAll(/^(\w+)=1$/gm)].map(([, name]) => name);
    expect(set).toEqual(expect.arrayContaining([...sectionVariables(STEPS)]));
  });

  it.each([
    ['GET', '/containers/json'],
    ['GET', '/v1.41/containers/json'],
    ['GET', '/containers/gluetun/json'],
    ['GET', `/containers/${'0a'.repeat(32)}/logs`],
    ['GET', '/images/registry.example:5000/some/name:tag/json'],
    ['GET', `/images/sha256:${'0a'.repeat(32)}/json`],
    ['HEAD', '/containers/app1/archive'],
    ['DELETE', '/containers/app1'],
  ])('allows %s %s', (method, path) => {
    expect(allowedBy(method, path)).toBeDefined();
  });

  it.each([
    ['POST', '/containers/json'],
    ['GET', '/containers/app1/archive'],
    ['PUT', '/containers/app1/archive'],
    ['GET', '/containers/app1/export'],
    ['POST', '/containers/app1/kill'],
    ['POST', '/containers/app1/update'],
    ['POST', '/containers/prune'],
    ['GET', '/containers/app1/json/'],
    ['GET', '/containers//json'],
    ['GET', '/containers/../json'],
    ['GET', '/images/../containers/json'],
    ['GET', '/images/a/../../containers/app1/json'],
    ['GET', '/containers/app1%2Fjson'],
    ['GET', '/x/containers/json'],
    ['GET', '/v1.41/v1.41/info'],
    ['DELETE', '/images/app1'],
    ['DELETE', '/volumes/app1'],
    ['POST', '/volumes/create'],
    ['POST', '/images/create'],
    ['POST', '/build'],
    ['GET', '/_ping'],
  ])('does not allow %s %s', (method, path) => {
    expect(allowedBy(method, path)).toBeUndefined();
  });

  it('names every request once', () => {
    expect(new Set(ALLOWED.map(({ request }) => request)).size).toBe(ALLOWED.length);
  });
});
