import { concat, defer } from 'rxjs';
import type { Observable } from 'rxjs';
import type { ContainerSpec } from './create-request.ts';
import type { SimulatedEngine } from './engine.ts';
import { step } from './runtime.ts';

/** What operators do to a stack with their own tools, in the measured order of calls. */

/** `docker rm -f`, then `docker run` under the same name. */
export function recreate(engine: SimulatedEngine, spec: ContainerSpec): Observable<void> {
  return engine.runtime.launch(
    concat(
      defer(() => engine.remove(spec.name, { force: true })),
      step(() => engine.create(spec)),
      defer(() => engine.start(spec.name)),
    ),
  );
}

/**
 * `docker compose up -d <service>` after a change: the new container is created next to the old one as
 * `<12 hex>_name`, gets its name once the old one is removed, and keeps a label with the container it replaced.
 * Containers that joined the old one keep its id.
 */
export function composeUp(engine: SimulatedEngine, spec: ContainerSpec): Observable<void> {
  const old = engine.get(spec.name);
  const temporary = `${old.id.slice(0, 12)}_${spec.name}`;
  const labels = { ...spec.labels, 'com.docker.compose.replace': old.name };
  return engine.runtime.launch(
    concat(
      step(() => engine.create({ ...spec, name: temporary, labels })),
      defer(() => engine.stop(old.id)),
      defer(() => engine.remove(old.id)),
      defer(() => engine.rename(temporary, spec.name)),
      defer(() => engine.start(spec.name)),
    ),
  );
}
