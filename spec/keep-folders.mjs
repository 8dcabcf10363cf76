import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** For a bundle of specs: `__dirname` stays the folder of the source, as the expression that `toCode` gives for it. */
export const keepFolders = (toCode) => ({
  name: 'keep-folders',
  setup({ onLoad }) {
    onLoad({ filter: /[/\\]spec[/\\].*\.ts$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      return { contents: source.replace(/\b__dirname\b/g, toCode(dirname(path))), loader: 'ts' };
    });
  },
});
