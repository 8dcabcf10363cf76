import type { Status } from '../status/schema.ts';
import { Age, More } from './parts.tsx';
import { type Box, boxesOf } from './view.ts';

const FEW = 3;

/** What needs a person, and what that person can do. */
export function Boxes({ status }: { readonly status: Status }) {
  const boxes = boxesOf(status);
  return boxes.length === 0 ? null : (
    <section class="boxes" aria-label="What needs you">
      {boxes.map((box) => (
        <OneBox key={box.key} box={box} />
      ))}
    </section>
  );
}

function OneBox({ box: { isCritical, sentences, remedy, since } }: { readonly box: Box }) {
  const more = sentences.slice(FEW);
  return (
    <div class={`box ${isCritical ? 'critical' : ''}`}>
      <span class="mark" aria-hidden="true">
        !
      </span>
      <div>
        {sentences.length === 0 && <b>What to do</b>}
        {sentences.slice(0, FEW).map((one) => (
          <b key={one}>{one}</b>
        ))}
        {more.length > 0 && (
          <More title={`${String(more.length)} more`}>{() => more.map((one) => <b key={one}>{one}</b>)}</More>
        )}
        <p>{remedy}</p>
        <small>
          for <Age since={since} />
        </small>
      </div>
    </div>
  );
}
