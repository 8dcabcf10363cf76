// The packages that end up in the bundle: under which licences they may be, and the texts that must go with it.
//
//   node licences.mjs     fails if one of them is under another licence, or under none
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { monitor, pageOutputs } from './bundle.mjs';

/** They allow what we do, and ask for no more than their text. Another one is a decision, not an update. */
const ALLOWED = ['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT', 'Unlicense'];

/** What esbuild's `metafile` says is in the bundle; what was left out has no bytes there. */
export function bundledPackages({ outputs }) {
  const all = [...Object.values(outputs), ...Object.values(pageOutputs)];
  const inputs = all.flatMap(({ inputs }) => Object.entries(inputs));
  const folders = inputs.flatMap(([path, { bytesInOutput }]) =>
    bytesInOutput === 0 ? [] : (/^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(path) ?? []),
  );
  return [...new Set(folders)].sort().map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    return { name, version, licence: license, texts: textsIn(folder) };
  });
}

/** Our own licence, then one section for each package. */
export function licenceText(packages) {
  const sections = packages.map(({ name, version, licence, texts }) =>
    [`${name} ${version} (${licence})`, ...texts].join('\n\n'),
  );
  const own = readFileSync(join(import.meta.dirname, 'LICENSE'), 'utf8').trim();
  const introduction = 'Gluetun Monitor contains the packages below, each under its own licence.';
  return `${[own, introduction, ...sections].join(`\n\n${'-'.repeat(80)}\n\n`)}\n`;
}

function textsIn(folder) {
  const files = readdirSync(folder).filter((name) => /^(licen[cs]e|copying|notice)\b/i.test(name));
  return files.map((name) => readFileSync(join(folder, name), 'utf8').trim());
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { metafile } = await build({ ...monitor, write: false });
  const packages = bundledPackages(metafile);
  for (const { name, version, licence } of packages.filter(({ licence }) => !ALLOWED.includes(licence))) {
    console.error(
      `${name} ${version} is in the bundle, and its licence is not allowed: ${licence ?? 'none named'}`,
    );
    process.exitCode = 1;
  }
  if (process.exitCode === undefined)
    console.log(`${packages.length} packages in the bundle, all licences allowed`);
}
