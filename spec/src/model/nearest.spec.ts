import { nearest } from '../../../src/model/nearest.ts';
import { compose, facts } from '../builders.ts';

const all = [
  facts('media-jackett-1', { labels: compose('jackett') }),
  facts('sonarr'),
  facts('radarr'),
  facts('db'),
  facts('gluetun-monitor', { labels: { 'org.gluetun-monitor.role': 'monitor' } }),
];

it.each([
  { word: 'jacket', then: ['media-jackett-1'] },
  { word: 'jakcett', then: ['media-jackett-1'] },
  { word: 'Sonar', then: ['sonarr'] },
  { word: 'radar', then: ['radarr'] },
  { word: 'gluetun-monitor', then: [] },
  { word: 'xyz', then: [] },
  { word: 'b', then: [] },
  { word: 'x'.repeat(10_000), then: [] },
])('the names nearest to $word are: $then', ({ word, then }) => {
  expect(nearest(word, all)).toEqual(then);
});

it('no more than three names are suggested, the nearest first', () => {
  const names = ['app12', 'app2', 'app1', 'app', 'bpp'];
  expect(
    nearest(
      'app',
      names.map((name) => facts(name)),
    ),
  ).toEqual(['app', 'app1', 'app12']);
});
