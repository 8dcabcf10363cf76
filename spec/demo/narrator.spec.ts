import { PassThrough } from 'node:stream';
import { Narrator } from './narrator.ts';

function told({ isTTY, env }: { isTTY: boolean; env: NodeJS.ProcessEnv }): string {
  const output = Object.assign(new PassThrough(), { isTTY });
  const narrator = new Narrator(output, env);
  narrator.tell('It breaks.');
  narrator.show('[INFO] as it came');
  narrator.finding('Restarts', '4', true);
  return String(output.read());
}

const PLAIN = '\n▶ It breaks.\n[INFO] as it came\n  ✓ Restarts                     4\n';

describe('the narrator', () => {
  it('uses colours on a terminal, except for the lines of the monitor', () => {
    expect(told({ isTTY: true, env: {} })).toBe(
      '\n\u001b[1;36m▶ It breaks.\u001b[0m\n[INFO] as it came\n  \u001b[32m✓\u001b[0m Restarts                     4\n',
    );
  });

  it.each([
    ['no terminal', false, {}],
    ['NO_COLOR', true, { NO_COLOR: '1' }],
    ['a terminal without colours', true, { TERM: 'dumb' }],
  ])('uses no colours with %s', (_, isTTY, env) => {
    expect(told({ isTTY, env })).toBe(PLAIN);
  });

  it('ignores an empty NO_COLOR', () => {
    expect(told({ isTTY: true, env: { NO_COLOR: '' } })).not.toBe(PLAIN);
  });
});
