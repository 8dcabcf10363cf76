/** The spec files that the impatient runner has chosen, as one: what they import is loaded once. */
const files = JSON.parse(process.env['SPECS_TO_TRY'] ?? '[]') as readonly string[];

for (const file of files)
  // Apart, for what a file may do before each of its tests.
  describe('', () => {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- which it is, is known by now only
    require(file);
  });
