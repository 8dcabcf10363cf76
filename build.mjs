// One bundle, the licences of what is in it, and the programs of the specs.
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { build } from 'esbuild';
import { monitor, shared } from './bundle.mjs';
import { bundledPackages, licenceText } from './licences.mjs';

const { metafile } = await build(monitor);
await writeFile('dist/LICENSES.txt', licenceText(bundledPackages(metafile)));

// The programs that have the specs in them. The build of the image sees no spec/, and needs none.
const PROGRAMS = './spec/build.mjs';
if (existsSync(PROGRAMS)) await (await import(PROGRAMS)).buildPrograms({ ...shared, define: monitor.define });
