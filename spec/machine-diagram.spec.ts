import { edgesOf, rowsOf, sectionOf } from './machine-diagram.ts';

const TEXT = `# Machines
## A door
\`\`\`mermaid
stateDiagram-v2
  [*] --> open
  open --> closed: shut, slam
\`\`\`
| State  | Means    |
| ------ | -------- |
| \`open\` | not shut |

## A window
\`\`\`mermaid
stateDiagram-v2
  open -> closed
\`\`\`
`;

describe('the diagrams of docs/machines.md', () => {
  it('are read by their sections, with an edge for each signal', () => {
    const section = sectionOf('A door', TEXT);
    expect(edgesOf(section)).toEqual([
      { from: 'open', to: 'closed', signal: 'shut' },
      { from: 'open', to: 'closed', signal: 'slam' },
    ]);
    expect(rowsOf(section)).toEqual(['open']);
  });

  it('are not taken for empty if they cannot be read', () => {
    expect(() => sectionOf('A gate', TEXT)).toThrow('no section "A gate"');
    expect(() => edgesOf('no diagram')).toThrow('no state diagram');
    expect(() => edgesOf(sectionOf('A window', TEXT))).toThrow('is no edge:   open -> closed');
  });
});
