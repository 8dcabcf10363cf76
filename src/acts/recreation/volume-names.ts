import { type Observable, catchError, map, of } from 'rxjs';
import { type Json, asObject, asString, nonEmpty } from '../../../streams/json.ts';
import { type Executor, answeredInTime } from '../executor-parts.ts';
import { objects } from './json-parts.ts';

/**
 * The inspection with the names of its volumes. Docker 28 leaves out the name of a volume that `Binds` asked for by its
 * path alone. The list of volumes has it: there the volume is mounted from the same place.
 */
export function withVolumeNames(container: Json, executor: Executor): Observable<Json> {
  const mounts = objects(container['Mounts']);
  if (!mounts.some(isNameless)) return of(container);
  return executor.reads.volumes().pipe(
    answeredInTime('listing volumes', executor),
    map((answer) => objects(asObject(answer)?.['Volumes'])),
    map((volumes) => ({ ...container, Mounts: mounts.map((mount) => named(mount, volumes)) })),
    // Without the names the plan refuses, and says which volume it is about.
    catchError(() => of(container)),
  );
}

const isNameless = ({ Type, Name }: Json): boolean =>
  Type === 'volume' && nonEmpty(asString(Name)) === undefined;

function named(mount: Json, volumes: readonly Json[]): Json {
  const place = nonEmpty(asString(mount['Source']));
  if (!isNameless(mount) || place === undefined) return mount;
  const volume = volumes.find(({ Mountpoint }) => Mountpoint === place);
  return volume === undefined ? mount : { ...mount, Name: volume['Name'] };
}
