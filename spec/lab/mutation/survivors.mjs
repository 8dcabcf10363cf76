import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';

const ARGUED = 'spec/lab/mutation/argued';

export const survives = ({ status }) => status === 'Survived' || status === 'NoCoverage';

/** `{ file, line, mutants, why }`: by the text of the line and of its mutants, so that they stay with code that moves. */
const readArguments = () =>
  readdirSync(ARGUED)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .flatMap((name) => JSON.parse(readFileSync(path.join(ARGUED, name), 'utf8')))
    .flatMap(({ file, line, mutants }) => mutants.map((text) => ({ file, line, text })));

/** A mutant in the form used in arguments: long texts are truncated. */
function described(file, source, { mutatorName, location: { start, end }, replacement = '' }) {
  const line = source.split('\n')[start.line - 1];
  const original =
    start.line === end.line
      ? line.slice(start.column - 1, end.column - 1)
      : `${line.slice(start.column - 1)}…`;
  const text = `${mutatorName}: ${original.slice(0, 140)} => ${replacement.replace(/\s+/g, ' ').slice(0, 120)}`;
  return { file, line: line.trim(), text };
}

const keyOf = ({ file, line, text }) => JSON.stringify([file, line, text]);

/** Matches survivors with arguments. `files`: those of the report; arguments about other files are ignored. */
export function weigh(files) {
  const survivors = Object.entries(files).flatMap(([file, { source, mutants }]) =>
    mutants.filter(survives).map((mutant) => ({ mutant, ...described(file, source, mutant) })),
  );
  const given = readArguments().filter(({ file }) => file in files || !existsSync(file));
  const [argued, surviving] = [given, survivors].map((all) => new Set(all.map(keyOf)));
  return {
    argued: new Set(survivors.filter((one) => argued.has(keyOf(one))).map(({ mutant }) => mutant)),
    unargued: survivors.filter((one) => !argued.has(keyOf(one))),
    outdated: given.filter((one) => !surviving.has(keyOf(one))),
  };
}
