import { spawnSync } from 'node:child_process';
import { parseCommandLine } from '../../../src/cli/command-line.ts';
import { COMMANDS } from '../../../src/cli/commands.ts';
import { SHELLS, completionFor } from '../../../src/cli/completion.ts';

const parsed = (...args: readonly string[]) => parseCommandLine(args, COMMANDS);
const helpFor = (...args: readonly string[]): string => {
  const line = parsed(...args);
  return line.kind === 'help' ? line.text : '';
};

describe('the command line', () => {
  it.each([{ given: [], then: 'run' }, ...COMMANDS.map(({ name }) => ({ given: [name], then: name }))])(
    '$given is the command $then',
    ({ given, then }) => {
      expect(parsed(...given)).toMatchObject({ kind: 'command', command: { name: then } });
    },
  );

  it.each([
    { given: ['--help'], then: { kind: 'help' } },
    { given: ['-h'], then: { kind: 'help' } },
    { given: ['--version'], then: { kind: 'version' } },
    { given: ['-V'], then: { kind: 'version' } },
    { given: ['status', '--version'], then: { kind: 'version' } },
    { given: ['pause'], then: { given: { argument: undefined, values: {} } } },
    {
      given: ['pause', '45m', '--gateway', 'us'],
      then: { given: { argument: '45m', values: { gateway: 'us' } } },
    },
    { given: ['status', '--json', '--watch'], then: { given: { flags: new Set(['json', 'watch']) } } },
  ])('$given is understood', ({ given, then }) => {
    expect(parsed(...given)).toMatchObject(then);
  });

  it.each([
    { given: ['frobnicate'], names: 'unknown command "frobnicate"' },
    { given: ['statsu'], names: 'unknown command "statsu" (nearest: status)' },
    { given: ['check', 'twice', 'over'], names: 'check takes no arguments, but was given "twice over"' },
    { given: ['pause', '1h', '30m'], names: 'pause takes one argument, but was also given "30m"' },
    {
      given: ['pause', 'later'],
      names: '"later" is no duration: accepted is a whole number from 1 to 604800',
    },
    { given: ['pause', '8d'], names: '"8d" is no duration' },
    { given: ['completion', 'csh'], names: 'SHELL is one of bash, zsh, fish, not "csh"' },
    { given: ['--frob'], names: '--frob' },
    { given: ['status', '--gateway', 'us'], names: '--gateway' },
    { given: ['a\u001b[2J\nb'], names: 'unknown command "a\\u001b[2J\\nb"' },
  ])('$given is refused, with what would be understood', ({ given, names }) => {
    const line = parsed(...given);
    expect(line).toMatchObject({ kind: 'fault', message: expect.stringContaining(names) as string });
    expect(line).toMatchObject({
      message: expect.stringContaining('Commands: run, check, config') as string,
    });
  });
});

describe('the help', () => {
  it('names every command', () => {
    for (const { name } of COMMANDS) expect(helpFor('--help')).toMatch(new RegExp(`^  ${name} `, 'm'));
  });

  it.each(COMMANDS)('of $name has its options, its examples and its exit codes', (command) => {
    const help = helpFor(command.name, '--help');
    expect(help).toContain(`Usage: gluetun-monitor ${command.name}`);
    const all = [
      ...(command.options ?? []).map(({ name }) => `--${name}`),
      ...Object.keys(command.examples ?? {}),
      ...Object.values(command.exitCodes ?? {}),
    ];
    for (const part of all) expect(help).toContain(part);
  });

  it('has examples that the command line itself understands', () => {
    const calls = COMMANDS.flatMap(({ examples = {} }) => Object.keys(examples));
    for (const call of calls)
      expect(parsed(...(call.split(/ [|>]/)[0] ?? '').split(' '))).toMatchObject({ kind: 'command' });
  });
});

describe('the completion', () => {
  it('knows every command and every option, for each shell', () => {
    for (const shell of SHELLS) {
      const script = completionFor(shell, COMMANDS);
      for (const { name, options = [] } of COMMANDS)
        for (const word of [name, ...options.map((option) => option.name)]) expect(script).toContain(word);
    }
  });

  it.each([
    { words: ['gluetun-monitor', 're'], then: ['reconnect', 'recover', 'resume'] },
    { words: ['gluetun-monitor', 'status', '--'], then: ['--json', '--watch', '--help'] },
    { words: ['gluetun-monitor', 'completion', 'z'], then: ['zsh'] },
  ])('in bash completes $words to $then', ({ words, then }) => {
    const script = `${completionFor('bash', COMMANDS)}
COMP_WORDS=(${words.join(' ')})
COMP_CWORD=${String(words.length - 1)}
_gluetun_monitor
printf '%s\\n' "\${COMPREPLY[@]}"`;
    const { stdout } = spawnSync('bash', ['-c', script], { encoding: 'utf8' });
    expect(stdout.trim().split('\n')).toEqual(then);
  });
});
