import { readFileSync } from 'node:fs';
import path from 'node:path';
import { AREAS, REPORTS } from '../../stryker.config.mjs';

/** The table of the README, of the results there are: a file that was not mutated yet is not in it. */
const { files } = JSON.parse(readFileSync(`${REPORTS}/report.json`, 'utf8'));

const count = (mutants) => {
  const of = (status) => mutants.filter((mutant) => mutant.status === status).length;
  const [killed, timeout, survived] = [of('Killed'), of('Timeout'), of('Survived') + of('NoCoverage')];
  const counted = killed + timeout + survived;
  const score = counted === 0 ? '' : `${(((killed + timeout) / counted) * 100).toFixed(1)} %`;
  return [counted, killed, timeout, survived, score];
};

const mutantsIn = (globs) =>
  Object.entries(files)
    .filter(([name]) => globs.some((glob) => path.matchesGlob(name, glob)))
    .flatMap(([, { mutants }]) => mutants);

const row = (cells) => `| ${cells.join(' | ')} |`;

console.log(row(['Area', 'Mutants', 'Killed', 'Timed out', 'Survived', 'Score']));
console.log(row(['---', '---:', '---:', '---:', '---:', '---:']));
for (const [area, globs] of Object.entries(AREAS)) console.log(row([area, ...count(mutantsIn(globs))]));
console.log(row(['all', ...count(mutantsIn(Object.values(AREAS).flat()))]));
