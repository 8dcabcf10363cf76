import { APP2 } from './compose-project.ts';
import { COMPOSE, composeName, describeWithCompose } from './docker-compose.ts';
import { containerNames } from '../recreation/world.ts';
import { NOTHING, createdByTheMonitor, useStacks } from './stack.ts';

const APP2_2 = composeName('app2', 2);
const APP2_3 = composeName('app2', 3);

describeWithCompose('a stack of which Docker Compose knows only a part at a time', (engine) => {
  const begin = useStacks(engine);

  it('has a service of a profile created anew by the monitor after an update without that profile', async () => {
    const services = { extra: { container_name: 'extra', profiles: ['more'] } };
    const dependents = ['app1', 'extra', APP2];
    const stack = await begin({ services, options: ['--profile', 'more'], dependents });
    await stack.project.write('2', services);
    const all = [...dependents, 'gluetun'].sort();
    await expect(stack.afterCompose('up', '-d')).resolves.toEqual({
      created: all,
      started: all,
      meanwhile: NOTHING,
      // Compose 1 considers the dependents up to date.
      afterwards: createdByTheMonitor('extra', ...(COMPOSE === 1 ? ['app1', APP2] : [])),
    });
    // Compose 2 compares the gateway's id, too, and so creates it once more.
    const anew = COMPOSE === 1 ? [] : ['extra'];
    await expect(stack.afterCompose('--profile', 'more', 'up', '-d')).resolves.toEqual({
      created: anew,
      started: anew,
      meanwhile: NOTHING,
      afterwards: NOTHING,
    });
  }, 120_000);

  it('has each container of a scaled service created anew once, and none that is scaled away', async () => {
    const dependents = ['app1', APP2, APP2_2];
    const stack = await begin({ up: ['--scale', 'app2=2'], dependents });
    await stack.project.write('2');
    const all = [...dependents, 'gluetun'].sort();
    await expect(stack.afterCompose('up', '-d', 'gluetun')).resolves.toEqual({
      created: all,
      started: all,
      meanwhile: NOTHING,
      afterwards: createdByTheMonitor(...dependents),
    });
    // Compose 2 may keep either, as both are equally old.
    let kept = APP2;
    const told = await stack.after(async () => {
      await stack.project.run('up', '-d', '--scale', 'app2=1');
      if ((await containerNames(engine)).includes(APP2_2)) kept = APP2_2;
      stack.expectDependents(['app1', kept]);
    });
    const anew = COMPOSE === 1 ? [] : ['app1', kept];
    expect(told).toEqual({ created: anew, started: anew, meanwhile: NOTHING, afterwards: NOTHING });
    // Compose 2 also replaces the others, each of which is removed, too.
    const gone = kept === APP2 ? APP2_2 : APP2;
    expect(stack.said(/Dependent container removed/)).toContainEqual(
      expect.stringMatching(`Dependent container removed: ${gone}$`),
    );
  }, 120_000);

  it('is left to Compose while that scales a service and updates the gateway', async () => {
    const stack = await begin({ up: ['--scale', 'app2=2'], dependents: ['app1', APP2, APP2_2] });
    await stack.project.write('2');
    stack.expectDependents(['app1', APP2, APP2_2, APP2_3]);
    const all = ['app1', APP2, APP2_2, APP2_3, 'gluetun'].sort();
    await expect(stack.afterCompose('up', '-d', '--scale', 'app2=3')).resolves.toEqual({
      created: all,
      started: all,
      meanwhile: NOTHING,
      afterwards: COMPOSE === 1 ? createdByTheMonitor('app1', APP2, APP2_2) : NOTHING,
    });
  }, 120_000);
});
