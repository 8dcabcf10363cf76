import type { GatewayStatus } from '../status/schema.ts';
import { Age, Marked, Section } from './parts.tsx';
import { type ShownStep, markOfGateway, stepsOf } from './view.ts';
import { clockTime, exactly } from './words.ts';

/** How far is it? Each recovery under way, step by step. */
export const Recoveries = ({ gateways }: { readonly gateways: readonly GatewayStatus[] }) => (
  <>
    {gateways
      .filter((one) => markOfGateway(one) === 'busy')
      .map((one) => (
        <Section key={one.name} title={titleOf(one)} class="recovery">
          <ol class="steps">
            {stepsOf(one).map((step) => (
              <OneStep key={step.key} step={step} />
            ))}
          </ol>
        </Section>
      ))}
  </>
);

const titleOf = ({ name, recovery, recoveries_in_a_row: row }: GatewayStatus): string =>
  `Recovery of ${name}, begun at ${clockTime(recovery?.began ?? '')}${row > 1 ? `, number ${String(row)} in a row` : ''}`;

const OneStep = ({ step: { text, mark, began, seconds } }: { readonly step: ShownStep }) => (
  <li class={mark} aria-current={mark === 'busy' ? 'step' : undefined}>
    <Marked mark={mark} />
    <span>{text}</span>
    <span class="figure">
      {seconds !== undefined ? exactly(seconds) : began !== undefined ? <Age since={began} /> : ''}
    </span>
  </li>
);
