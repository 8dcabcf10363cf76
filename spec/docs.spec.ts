import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import packageJson from '../package.json' with { type: 'json' };

const ROOT = join(__dirname, '..');
const documents = ['.', 'docs', 'docker'].flatMap((folder) =>
  readdirSync(join(ROOT, folder))
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(folder, name)),
);
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const withoutCode = (text: string): string => text.replace(/^```.*?^```/gms, '').replace(/`[^`\n]*`/g, '');

/** The anchors that GitHub gives the headings of a document: `## What it's for` is `what-its-for`. */
function anchorsOf(text: string): Set<string> {
  const anchors = new Set<string>();
  for (const [, heading = ''] of text.replace(/^```.*?^```/gms, '').matchAll(/^#+ (.+)$/gm)) {
    const anchor = heading
      .toLowerCase()
      .replace(/\]\([^)]*\)/g, '')
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-');
    let name = anchor;
    for (let count = 1; anchors.has(name); count += 1) name = `${anchor}-${count}`;
    anchors.add(name);
  }
  return anchors;
}

/** What a document links to within the repository: Markdown's links and images, and those of HTML. */
function linksOf(text: string): string[] {
  return [...withoutCode(text).matchAll(/\]\(([^)\s]+)\)|(?:src|href|srcset)="([^"]+)"/g)]
    .map(([, markdown, html]) => markdown ?? html ?? '')
    .filter((link) => !/^[a-z]+:/.test(link));
}

function isBroken(document: string, link: string): boolean {
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? document : join(dirname(document), path);
  if (!existsSync(join(ROOT, target))) return true;
  return anchor !== undefined && !anchorsOf(read(target)).has(anchor);
}

describe('anchorsOf', () => {
  it('names headings as GitHub does', () => {
    const text = "# What it's for\n```\n# a comment\n```\n## `No such container: …`\n## Twice\n## Twice\n";
    expect([...anchorsOf(text)]).toEqual(['what-its-for', 'no-such-container-', 'twice', 'twice-1']);
  });
});

describe('isBroken', () => {
  it.each(['docs/nothing.md', '#nothing', 'docs/README.md#nothing'])('finds %s in README.md', (link) => {
    expect(isBroken('README.md', link)).toBe(true);
  });
});

describe('README.md', () => {
  it('has fewer than 200 lines', () => {
    expect(read('README.md').trimEnd().split('\n').length).toBeLessThan(200);
  });

  it('names the command by which CI tests', () => {
    expect(read('README.md')).toMatch(/^npm test$/m);
    expect(read('.ci/run')).toMatch(/\bnpm test\b/);
  });

  it('leads to every document', () => {
    const linked = linksOf(read('README.md'));
    const wanted = documents.filter((path) => !['README.md', 'docs/README.md'].includes(path));
    expect(wanted.filter((path) => !linked.some((link) => link.startsWith(path)))).toEqual([]);
  });
});

describe('docs/README.md', () => {
  it('has a line for every document of the folder', () => {
    const linked = linksOf(read('docs/README.md'));
    const wanted = documents.filter((path) => path.startsWith('docs/') && path !== 'docs/README.md');
    expect(wanted.filter((path) => !linked.includes(relative('docs', path)))).toEqual([]);
  });
});

describe.each(documents)('%s', (document) => {
  const text = read(document);

  it('has no link to a file or heading that does not exist', () => {
    expect(linksOf(text).filter((link) => isBroken(document, link))).toEqual([]);
  });

  it('names no npm script that does not exist', () => {
    const named = [...text.matchAll(/\bnpm run (?:--silent )?([a-z][\w:-]*)/g)].map(([, name = '']) => name);
    expect(named.filter((name) => !(name in packageJson.scripts))).toEqual([]);
  });
});
