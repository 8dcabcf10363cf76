import type { ComponentChildren } from 'preact';
import { useId, useState } from 'preact/hooks';
import { useNow } from './live.ts';
import { type Mark, fold } from './view.ts';
import { exactTime, lasting } from './words.ts';

const GLYPHS: Readonly<Record<Mark | 'next', string>> = {
  well: '✓',
  busy: '●',
  trouble: '✕',
  unknown: '!',
  quiet: '–',
  next: '○',
};
const MEANINGS: Readonly<Record<Mark | 'next', string>> = {
  well: 'well',
  busy: 'under way',
  trouble: 'in trouble',
  unknown: 'uncertain',
  quiet: '',
  next: 'to come',
};

/** Never colour alone: a glyph for the eye, a word for the ear. */
export const Marked = ({ mark }: { readonly mark: Mark | 'next' }) => (
  <span class={`mark ${mark}`}>
    <span aria-hidden="true">{GLYPHS[mark]}</span>
    <span class="unseen">{MEANINGS[mark]}</span>
  </span>
);

/** How long ago, or for how long. It counts by itself. */
export const Age = ({ since, ago = false }: { readonly since: string; readonly ago?: boolean }) => (
  <time dateTime={since} title={exactTime(since)}>
    {lasting((useNow() - Date.parse(since)) / 1000)}
    {ago && ' ago'}
  </time>
);

interface SectionProps {
  readonly title: string;
  readonly class?: string;
  readonly children: ComponentChildren;
}

export function Section({ title, class: name = '', children }: SectionProps) {
  const id = useId();
  return (
    <section class={name} aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {children}
    </section>
  );
}

interface MoreProps {
  readonly title: string;
  /** Drawn only once it is opened. */
  readonly children: () => ComponentChildren;
}

/** One line that opens. */
export function More({ title, children }: MoreProps) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details class="more" onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>{title}</summary>
      {isOpen && children()}
    </details>
  );
}

interface FoldedProps<T> {
  /** The worst first. */
  readonly all: readonly T[];
  readonly markOf: (one: T) => Mark;
  readonly row: (one: T) => ComponentChildren;
}

/** Every one that is not well, and of many well ones a few. */
export function Folded<T>({ all, markOf, row }: FoldedProps<T>) {
  const { shown, folded, areFoldedWell } = fold(all, markOf);
  return (
    <>
      {shown.map(row)}
      {folded.length > 0 && (
        <More title={`${String(folded.length)} more${areFoldedWell ? ', all well' : ''}`}>
          {() => folded.map(row)}
        </More>
      )}
    </>
  );
}
