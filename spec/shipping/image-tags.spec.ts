import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { REPOSITORY } from './repository.ts';

function imageTags(ref: string, ...released: string[]): string[] {
  const script = join(REPOSITORY, '.github/image-tags');
  const output = execFileSync(script, [ref], { input: released.join('\n'), encoding: 'utf8', stdio: 'pipe' });
  return output.trim().split('\n');
}

describe('the tags of an image', () => {
  it.each([
    { of: 'main', ref: 'main', released: ['v1.0.0'], tags: ['edge'] },
    { of: 'the first version', ref: 'v0.1.0', released: [], tags: ['0.1.0', '0.1', '0', 'latest'] },
    {
      of: 'the latest version, which is tagged already',
      ref: 'v1.10.0',
      released: ['v1.9.0', 'v1.10.0'],
      tags: ['1.10.0', '1.10', '1', 'latest'],
    },
    {
      of: 'a fix of an old minor version',
      ref: 'v1.2.3',
      released: ['v1.2.2', 'v1.10.0'],
      tags: ['1.2.3', '1.2'],
    },
    {
      of: 'a fix of an old major version',
      ref: 'v1.10.1',
      released: ['v1.10.0', 'v2.0.0'],
      tags: ['1.10.1', '1.10', '1'],
    },
    {
      of: 'an old version that is built once more',
      ref: 'v1.2.2',
      released: ['v1.2.2', 'v1.2.3'],
      tags: ['1.2.2'],
    },
    {
      of: 'a version beside tags that are none',
      ref: 'v1.2.3',
      released: ['v11.2.4', 'v1x2.9', 'v9', 'v2.0.0-rc.1'],
      tags: ['1.2.3', '1.2', '1'],
    },
  ])('$of', ({ ref, released, tags }) => {
    expect(imageTags(ref, ...released)).toEqual(tags);
  });

  it.each(['v1.2', '1.2.3', 'v1.2.3-rc.1', 'feature'])('refuses %s, which is no version', (ref) => {
    expect(() => imageTags(ref)).toThrow(`no version: ${ref}`);
  });
});
