import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const DOCUMENT = join(__dirname, '..', 'docs', 'machines.md');

/** One signal that leads from one state to another. */
export interface Edge {
  readonly from: string;
  readonly to: string;
  readonly signal: string;
}

/** A section of `docs/machines.md`, by its heading. */
export function sectionOf(heading: string, text = readFileSync(DOCUMENT, 'utf8')): string {
  const section = text.split(/^## /m).find((part) => part.startsWith(`${heading}\n`));
  if (section === undefined) throw new Error(`docs/machines.md has no section "${heading}"`);
  return section;
}

/** The edges of the Mermaid state diagram in a section, such as `down --> absent: absent, removed`, but its beginning. */
export function edgesOf(section: string): Edge[] {
  const [, diagram] = /^```mermaid\nstateDiagram-v2\n(.*?)^```/ms.exec(section) ?? [];
  if (diagram === undefined) throw new Error('the section has no state diagram');
  const lines = diagram.split('\n').filter((line) => line.trim() !== '' && !line.includes('[*]'));
  return lines.flatMap((line) => {
    const [, from, to, signals] = /^ *(\w+) --> (\w+): (.+)$/.exec(line) ?? [];
    if (from === undefined || to === undefined || signals === undefined)
      throw new Error(`this line of the diagram is no edge: ${line}`);
    return signals.split(', ').map((signal) => ({ from, to, signal }));
  });
}

/** What the first column of the tables in a section names, without its backquotes. */
export const rowsOf = (section: string): string[] =>
  [...section.matchAll(/^\| `(\w+)`/gm)].map(([, name = '']) => name);

/** One line for each edge, sorted, for a comparison that shows what is missing. */
export const linesOf = (edges: readonly Edge[]): string[] =>
  edges.map(({ from, to, signal }) => `${from} --> ${to}: ${signal}`).sort();
