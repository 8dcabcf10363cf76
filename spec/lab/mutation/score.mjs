import { readFileSync } from 'node:fs';
import path from 'node:path';
import { AREAS, REPORTS } from '../../../stryker.config.mjs';
import { survives, weigh } from './survivors.mjs';

/**
 * Prints a table of the available results, by area: files that were not mutated yet are missing. Below it are the
 * survivors without an argument and the outdated arguments; the exit code is 1 if there are any.
 */
const { files } = JSON.parse(readFileSync(`${REPORTS}/report.json`, 'utf8'));
const { argued, unargued, outdated } = weigh(files);

const count = (mutants) => {
  const of = (status) => mutants.filter((mutant) => mutant.status === status).length;
  const survivors = mutants.filter(survives);
  const [killed, timeout, survived] = [of('Killed'), of('Timeout'), survivors.length];
  const counted = killed + timeout + survived;
  const score = counted === 0 ? '' : `${(((killed + timeout) / counted) * 100).toFixed(1)} %`;
  const known = survivors.filter((mutant) => argued.has(mutant)).length;
  return [counted, killed, timeout, survived, known, score];
};

const mutantsIn = (globs) =>
  Object.entries(files)
    .filter(([name]) => globs.some((glob) => path.matchesGlob(name, glob)))
    .flatMap(([, { mutants }]) => mutants);

const row = (cells) => `| ${cells.join(' | ')} |`;

console.log(row(['Area', 'Mutants', 'Killed', 'Timed out', 'Survived', 'Argued', 'Score']));
console.log(row(['---', '---:', '---:', '---:', '---:', '---:', '---:']));
for (const [area, globs] of Object.entries(AREAS)) console.log(row([area, ...count(mutantsIn(globs))]));
console.log(row(['all', ...count(mutantsIn(Object.values(AREAS).flat()))]));

for (const { file, mutant, text } of unargued) {
  const { line, column } = mutant.location.start;
  console.log(`${file}:${line}:${column} ${text}`);
}
for (const { file, line, text } of outdated)
  console.log(`argued, but killed or gone: ${file}: ${text} (in: ${line})`);
process.exitCode = unargued.length + outdated.length === 0 ? 0 : 1;
