import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

interface Argument {
  readonly file: string;
  readonly line: string;
  readonly mutants: readonly string[];
  readonly why: string;
}

const ARGUED = join(__dirname, 'argued');

const given = readdirSync(ARGUED).flatMap(
  (name) => JSON.parse(readFileSync(join(ARGUED, name), 'utf8')) as readonly Argument[],
);

const linesOf = (file: string): readonly string[] =>
  readFileSync(join(__dirname, '../..', file), 'utf8')
    .split('\n')
    .map((line) => line.trim());

describe('the arguments for mutants that survive', () => {
  it('are about lines that are there: whoever changes one looks at its mutants again', () => {
    expect(given.filter(({ file, line }) => !linesOf(file).includes(line))).toEqual([]);
  });

  it('name each mutant once, and say why', () => {
    const named = given.flatMap(({ file, line, mutants }) =>
      mutants.map((text) => [file, line, text].join('\n')),
    );
    expect(named).toHaveLength(new Set(named).size);
    expect(given.filter(({ why }) => why.length < 20)).toEqual([]);
  });
});
