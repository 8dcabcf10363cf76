import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { Recent, RecentOfGateway } from '../edges/http/wire.ts';
import type { GatewayStatus, Status } from '../status/schema.ts';
import { Day } from './day.tsx';
import { Dependents } from './dependents.tsx';
import { Age, Folded, Marked, Section } from './parts.tsx';
import { Sites } from './sites.tsx';
import { markOfGateway, worstFirst } from './view.ts';
import { clockTime, counted, exactly } from './words.ts';

interface GatewaysProps {
  readonly status: Status;
  readonly recent: Recent | undefined;
}

/** Where am I, and how has it been? One gateway is shown as it is; of several each is one line that opens. */
export function Gateways({ status: { gateways }, recent }: GatewaysProps) {
  const recentOf = (gateway: GatewayStatus): RecentOfGateway | undefined =>
    recent?.gateways[gateways.indexOf(gateway)];
  const [only] = gateways;
  if (gateways.length === 1 && only !== undefined)
    return <One gateway={only} recent={recentOf(only)} since={recent?.since} title={only.name} />;
  const row = (gateway: GatewayStatus) => (
    <OneOfSeveral key={gateway.name} gateway={gateway} recent={recentOf(gateway)} since={recent?.since} />
  );
  return (
    <Section title="Gateways" class="gateways">
      <Folded all={worstFirst(gateways, markOfGateway)} markOf={markOfGateway} row={row} />
    </Section>
  );
}

interface OneProps {
  readonly gateway: GatewayStatus;
  readonly recent: RecentOfGateway | undefined;
  readonly since: number | undefined;
}

function OneOfSeveral({ gateway, recent, since }: OneProps) {
  const [isOpen, setOpen] = useState(false);
  const mark = markOfGateway(gateway);
  return (
    <details class="row-of-gateway" onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>
        <Marked mark={mark} />
        <span>
          {gateway.name}
          <small>{mark === 'well' ? exitOf(gateway) || 'Up' : gateway.sentence}</small>
        </span>
        <span class="figure">
          {gateway.sites_up} of {gateway.sites_total} <small>sites</small>
        </span>
        <span class="figure">
          <Age since={gateway.since} />
        </span>
      </summary>
      {isOpen && <One gateway={gateway} recent={recent} since={since} />}
    </details>
  );
}

const One = ({ gateway, recent, since, title }: OneProps & { readonly title?: string }) => (
  <>
    {title === undefined ? (
      <Facts gateway={gateway} recent={recent} since={since} />
    ) : (
      <Section title={title}>
        <Facts gateway={gateway} recent={recent} since={since} />
      </Section>
    )}
    <div class={gateway.dependents.length > 0 ? 'columns' : ''}>
      <Sites gateway={gateway} recent={recent} />
      {gateway.dependents.length > 0 && <Dependents gateway={gateway} />}
    </div>
  </>
);

const exitOf = ({ city, country, ip }: GatewayStatus): string =>
  [city, country, ip].filter((part) => part !== null).join(', ');

const TUNNELS: Readonly<Record<GatewayStatus['tunnel'], string>> = {
  up: 'Up',
  down: 'Down',
  stopped: 'Stopped',
  unknown: 'Not known',
};

const Facts = ({ gateway, recent, since }: OneProps) => (
  <>
    <dl class="facts">
      <Fact name="Tunnel" value={TUNNELS[gateway.tunnel]}>
        for <Age since={gateway.since} />
      </Fact>
      {place(gateway) !== '' && (
        <Fact name="Exit" value={gateway.city ?? gateway.country}>
          {gateway.city !== null && gateway.country}
        </Fact>
      )}
      {gateway.ip !== null && (
        <Fact name="Address" value={gateway.ip}>
          {gateway.server}
        </Fact>
      )}
      {gateway.check !== null && (
        <Fact name="Latest check" value={<Age since={gateway.check.began} ago />}>
          took {exactly(gateway.check.seconds)}
        </Fact>
      )}
      {gateway.health !== null && gateway.health !== 'healthy' && (
        <Fact name="In Docker" value={gateway.health} />
      )}
      {gateway.no_recovery_before !== null && markOfGateway(gateway) === 'trouble' && (
        <Fact name="Next recovery" value={`not before ${clockTime(gateway.no_recovery_before)}`}>
          after {counted(gateway.recoveries_in_a_row, 'recovery', 'recoveries')}
        </Fact>
      )}
    </dl>
    {recent !== undefined && since !== undefined && <Day recent={recent} since={since} />}
  </>
);

const place = ({ city, country }: GatewayStatus): string =>
  [city, country].filter((part) => part !== null).join(', ');

interface FactProps {
  readonly name: string;
  readonly value: ComponentChildren;
  /** What else there is to say. */
  readonly children?: ComponentChildren;
}

const Fact = ({ name, value, children }: FactProps) => (
  <div>
    <dt>{name}</dt>
    <dd>
      {value}
      <small>{children}</small>
    </dd>
  </div>
);
