import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { toJsonSchema } from '@valibot/to-json-schema';
import { statusSchema } from '../../../src/status/schema.ts';

const DOCUMENT = join(__dirname, '../../../docs/status.schema.json');

describe('docs/status.schema.json', () => {
  it('is the schema of what is shown (`npm run readme` writes it)', () => {
    const title = 'The status of Gluetun Monitor';
    const schema = { title, ...toJsonSchema(statusSchema, { ignoreActions: ['iso_timestamp'] }) };
    const text = `${JSON.stringify(schema, null, 2)}\n`;
    if (process.env['UPDATE_README'] !== undefined) writeFileSync(DOCUMENT, text);
    expect(readFileSync(DOCUMENT, 'utf8')).toBe(text);
  });
});
