import { type Sample, tableOf, trends } from './trend.ts';

const BASE = {
  rss: 60_000,
  private: 20_000,
  heap: 12_000,
  code: 3_000,
  descriptors: 25,
  sockets: 6,
  resources: 9,
  listeners: 60,
};

/** An hour, sampled every ten seconds. */
const hour = (change: (minute: number) => Partial<Sample> = () => ({})): readonly Sample[] =>
  Array.from({ length: 360 }, (_, index) => ({ at: index * 10, ...BASE, ...change(index / 6) }));

const notFlat = (samples: readonly Sample[]): readonly string[] =>
  trends(samples, 300)
    .filter(({ isFlat }) => !isFlat)
    .map(({ sign }) => sign);

describe('the verdict of a soak test', () => {
  it.each<{ given: string; samples: readonly Sample[]; then: readonly string[] }>([
    { given: 'nothing changes', samples: hour(), then: [] },
    {
      given: 'memory grows during the warm-up',
      samples: hour((minute) => ({ rss: minute < 4 ? 40_000 : 60_000 })),
      then: [],
    },
    { given: 'the heap shrinks', samples: hour((minute) => ({ heap: 12_000 - minute * 50 })), then: [] },
    {
      given: 'values go up and down',
      samples: hour((minute) => ({
        rss: 60_000 + (Math.floor(minute) % 7) * 1_000,
        descriptors: minute % 9 < 1 ? 40 : 25,
      })),
      then: [],
    },
    {
      given: 'the heap grows by two megabytes',
      samples: hour((minute) => ({ heap: 12_000 + minute * 40 })),
      then: ['heap'],
    },
    {
      given: 'one more socket is open every ten minutes',
      samples: hour((minute) => ({ sockets: 6 + Math.floor(minute / 10) })),
      then: ['sockets'],
    },
    {
      given: 'there is one more listener every minute',
      samples: hour((minute) => ({ listeners: 60 + Math.floor(minute) })),
      then: ['listeners'],
    },
  ])('finds $then not flat if $given', ({ samples, then }) => {
    expect(notFlat(samples)).toEqual(then);
  });

  it('shows the medians and the slope', () => {
    const table = tableOf(
      trends(
        hour((minute) => ({ heap: 12_000 + minute * 40 })),
        300,
      ),
    );
    expect(table.find((line) => line.startsWith('heap'))).toMatch(
      /^heap \(kB\) +124\d\d +141\d\d +2400\.0 +NOT FLAT$/,
    );
  });
});
