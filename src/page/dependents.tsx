import type { DependentStatus, GatewayStatus } from '../status/schema.ts';
import { Age, Folded, Marked, Section } from './parts.tsx';
import { markOfDependent, worstFirst } from './view.ts';

export function Dependents({ gateway: { name, dependents } }: { readonly gateway: GatewayStatus }) {
  return (
    <Section title={`On the network of ${name}`}>
      <Folded all={worstFirst(dependents, markOfDependent)} markOf={markOfDependent} row={row} />
    </Section>
  );
}

const row = (dependent: DependentStatus) => (
  <div class="dependent" key={dependent.name}>
    <Marked mark={markOfDependent(dependent)} />
    <span class="name">
      {dependent.name}
      {dependent.why !== '' && <small>{dependent.why}</small>}
    </span>
    <span class="figure quiet">
      for <Age since={dependent.since} />
    </span>
  </div>
);
