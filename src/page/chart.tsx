import { useEffect, useRef } from 'preact/hooks';
import UPlot from 'uplot';
import { latency } from './words.ts';

interface ChartProps {
  readonly name: string;
  readonly checks: readonly number[];
  readonly latencies: readonly (number | null)[];
}

const HEIGHT = 160;

/** The latency of a site over the latest checks. */
export function Chart({ name, checks, latencies }: ChartProps) {
  const holder = useRef<HTMLDivElement>(null);
  const plot = useRef<UPlot | null>(null);
  const data: UPlot.AlignedData = [
    checks.map((at) => at / 1000),
    latencies.map((one) => (one === null ? null : one * 1000)),
  ];
  useEffect(() => {
    const { current: element } = holder;
    if (element === null) return;
    const scheme = matchMedia('(prefers-color-scheme: dark)');
    const draw = (): void => {
      plot.current?.destroy();
      plot.current = new UPlot(optionsFor(element), data, element);
    };
    const size = new ResizeObserver(() =>
      plot.current?.setSize({ width: element.clientWidth, height: HEIGHT }),
    );
    draw();
    size.observe(element);
    scheme.addEventListener('change', draw);
    return () => {
      size.disconnect();
      scheme.removeEventListener('change', draw);
      plot.current?.destroy();
      plot.current = null;
    };
  }, []);
  useEffect(() => plot.current?.setData(data), [checks, latencies]);
  return (
    <figure class="chart" aria-label={`Latency of ${name}`}>
      <div ref={holder} aria-hidden="true" />
      <figcaption>{summaryOf(latencies)}</figcaption>
    </figure>
  );
}

function summaryOf(latencies: readonly (number | null)[]): string {
  const answered = latencies.filter((one) => one !== null).sort((one, other) => one - other);
  const missing = latencies.length - answered.length;
  const of = `Of ${String(latencies.length)} checks ${missing === 0 ? 'all' : String(answered.length)} were answered`;
  return answered.length === 0
    ? `${of}.`
    : `${of}: half of them within ${latency(answered[Math.floor(answered.length / 2)] ?? null)}, the slowest in ${latency(answered.at(-1) ?? null)}.`;
}

function optionsFor(element: HTMLElement): UPlot.Options {
  const style = getComputedStyle(element);
  const colour = (name: string): string => style.getPropertyValue(name).trim();
  const axis = {
    stroke: colour('--muted'),
    grid: { stroke: colour('--line'), width: 1 },
    ticks: { show: false },
    font: '13px system-ui, sans-serif',
  };
  return {
    width: element.clientWidth,
    height: HEIGHT,
    legend: { show: false },
    cursor: { show: false },
    scales: { y: { range: (_, __, most) => [0, Math.max(1, most * 1.1)] } },
    axes: [
      { ...axis, values: (_, times, __, ___, step) => times.map((one) => clock(one, step < 60)) },
      { ...axis, size: 64, values: (_, values) => values.map((one) => latency(one / 1000)) },
    ],
    series: [{}, { stroke: colour('--busy'), width: 1.5, points: { show: true, size: 3 } }],
  };
}

const clock = (seconds: number, isExact: boolean): string =>
  new Date(seconds * 1000).toLocaleTimeString(undefined, {
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    ...(isExact && { second: '2-digit' }),
  });
