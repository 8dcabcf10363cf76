import { useState } from 'preact/hooks';
import type { HistoryEntry } from '../edges/http/wire.ts';
import { useNow } from './live.ts';
import { Marked, Section } from './parts.tsx';
import { byDay, isNews, markOfEntry, sentenceOf } from './view.ts';
import { clockTime, dayTitle, exactTime } from './words.ts';

const AT_FIRST = 40;

/** What happened while I slept? By day, the newest first. */
export function Timeline({ entries }: { readonly entries: readonly HistoryEntry[] }) {
  const [most, setMost] = useState(AT_FIRST);
  const news = entries.filter(isNews);
  if (news.length === 0) return null;
  return (
    <Section title="What happened" class="timeline">
      {byDay(news.slice(-most)).map((day) => (
        <OneDay key={new Date(day[0]?.time ?? 0).toDateString()} entries={day} />
      ))}
      {news.length > most && (
        <button type="button" onClick={() => setMost(most * 3)}>
          Show what was before
        </button>
      )}
    </Section>
  );
}

const OneDay = ({ entries }: { readonly entries: readonly HistoryEntry[] }) => (
  <>
    <h3>
      <Title time={entries[0]?.time ?? ''} />
    </h3>
    <ul>
      {entries.map((entry, index) => (
        <li key={`${entry.time} ${entry.kind} ${entry.message} ${String(entries.length - index)}`}>
          <time dateTime={entry.time} title={exactTime(entry.time)}>
            {clockTime(entry.time)}
          </time>
          <Marked mark={markOfEntry(entry)} />
          <span>{sentenceOf(entry)}</span>
        </li>
      ))}
    </ul>
  </>
);

const Title = ({ time }: { readonly time: string }) => <>{dayTitle(time, useNow())}</>;
