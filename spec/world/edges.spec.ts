import { changesIn } from '../../src/notices/conditions.ts';
import { World } from './world.ts';

describe('a third-party edge', () => {
  let world: World;
  afterEach(() => world.end());

  it('can count the recoveries of a day and list its conditions from the published steps alone', () => {
    let recoveries = 0;
    const conditions: string[] = [];
    world = new World();
    world.edges.push({
      name: 'chronicle',
      take: ({ before, state, notices }) => {
        recoveries += notices.filter(({ kind }) => kind === 'recoveryCompleted').length;
        const { began, ended } = changesIn(before, state);
        conditions.push(...began.map(({ key }) => `+ ${key}`), ...ended.map(({ key }) => `- ${key}`));
      },
    });
    world.populate().startMonitor();
    for (let outage = 0; outage < 3; outage += 1) {
      world.pass(6 * 3_600_000);
      world.standIn.breakTunnel();
    }
    world.pass(6 * 3_600_000);
    expect(recoveries).toBe(world.said(/^Recovery complete/).length);
    expect(recoveries).toBe(3);
    const sites = ['one', 'two', 'three'].map((name) => `siteDown gluetun https://${name}.example/`);
    const outage = [...sites.map((key) => `+ ${key}`), ...sites.map((key) => `- ${key}`)];
    expect(conditions.toSorted()).toEqual([...outage, ...outage, ...outage].toSorted());
  });

  it('changes nothing except for one log line if it always fails', () => {
    const day = (broken: boolean): World => {
      world = new World();
      if (broken)
        world.edges.push({
          name: 'page',
          take: () => {
            throw new Error('out of order');
          },
        });
      world.populate().startMonitor().pass(60_000).standIn.breakTunnel();
      return world.pass(3_600_000);
    };
    const lines = day(false).log().split('\n');
    world.dispose();
    const said = 'The page fails (out of order); everything else goes on';
    expect(
      day(true)
        .log()
        .split('\n')
        .filter((line) => !line.endsWith(said)),
    ).toEqual(lines);
    expect(world.said(/^The page/)).toEqual([said]);
  });
});
