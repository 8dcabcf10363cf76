import { HELP, parseCommandLine } from '../../../src/cli/command-line.ts';

describe('the command line', () => {
  it.each([
    { given: [], then: 'run' },
    { given: ['run'], then: 'run' },
    { given: ['check'], then: 'check' },
    { given: ['config'], then: 'config' },
    { given: ['help'], then: 'help' },
    { given: ['--help'], then: 'help' },
    { given: ['-h'], then: 'help' },
    { given: ['check', '--help'], then: 'help' },
    { given: ['--version'], then: 'version' },
    { given: ['-V'], then: 'version' },
  ])('$given is $then', ({ given, then }) => {
    expect(parseCommandLine(given)).toEqual({ command: then });
  });

  it.each([
    { given: ['history'], then: { since: '7d', isJson: false } },
    { given: ['history', '--since', '12h', '--json'], then: { since: '12h', isJson: true } },
    { given: ['history', '--gateway=us'], then: { since: '7d', isJson: false, gateway: 'us' } },
  ])('$given shows the history', ({ given, then }) => {
    expect(parseCommandLine(given)).toEqual({ command: 'history', ...then });
  });

  it.each([
    { given: ['check', '--json'], names: 'check takes no option --json' },
    { given: ['--since', '7d'], names: 'run takes no option --since' },
    { given: ['frobnicate'], names: 'unknown command "frobnicate"' },
    { given: ['check', 'twice', 'over'], names: 'check takes no arguments, but was given "twice over"' },
    { given: ['--frob'], names: '--frob' },
    { given: ['a\u001b[2J\nb'], names: 'unknown command "a\\u001b[2J\\nb"' },
  ])('$given is named, with what would be understood', ({ given, names }) => {
    const line = parseCommandLine(given);
    expect(line).toMatchObject({ command: 'unknown', message: expect.stringContaining(names) as string });
    expect(line).toMatchObject({
      message: expect.stringContaining('Commands: run, check, config') as string,
    });
  });

  it('has a help that names every command', () => {
    expect(HELP).toMatch(/run .*\n *check .*\n *history .*\n *config /);
  });
});
