import { stripVTControlCharacters } from 'node:util';
import type { LogConfig } from '../../config/config.ts';
import { MASK, printable, printableJson } from '../../config/shown-text.ts';
import type { Line } from '../notices/log-line.ts';

/** Longer messages are cut: engines split lines at 16 KiB, and untrusted text may be of any length. */
const MESSAGE_MAX_LENGTH = 8000;

/** A shorter secret would match by chance, and masking it would reveal more than it hides. */
const SECRET_MIN_LENGTH = 3;

export type Render = (line: Line, atMs: number) => string;

/** Renders a line: always one line without a line break, whatever text it quotes. */
export function createRender(
  config: Pick<LogConfig, 'format' | 'timeZone'>,
  secrets: readonly string[],
): Render {
  const timeOf = createClock(config.timeZone);
  const clean = createCleaner(secrets);
  const cleanField = createFieldCleaner(clean);
  return config.format === 'json' ? renderJson : renderText;

  function renderText({ level, message }: Line, atMs: number): string {
    const { date, time } = timeOf(atMs);
    return `[${date} ${time}] [${level.toUpperCase()}] ${clean(message)}`;
  }

  function renderJson({ level, message, fields = {} }: Line, atMs: number): string {
    const { date, time, fraction, offset } = timeOf(atMs);
    const head = { timestamp: `${date}T${time}.${fraction}${offset}`, level, message: clean(message) };
    const rest = Object.entries(fields).map(([name, value]) => [name, cleanField(value)] as const);
    // `head` comes first, and fields never overwrite it.
    return printableJson(JSON.stringify({ ...head, ...Object.fromEntries(rest), ...head }));
  }
}

/** Cleans every text in a value that becomes JSON. */
export function createFieldCleaner(clean: (text: string) => string): (value: unknown) => unknown {
  return function cleanField(value: unknown): unknown {
    if (typeof value === 'string') return clean(value);
    if (Array.isArray(value)) return value.map(cleanField);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, cleanField(one)]));
  };
}

interface ClockReading {
  readonly date: string;
  readonly time: string;
  readonly fraction: string;
  /** As in RFC 3339: `+01:00`. */
  readonly offset: string;
}

function createClock(timeZone: string): (atMs: number) => ClockReading {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    fractionalSecondDigits: 3,
    timeZoneName: 'longOffset',
  });
  return (atMs) => {
    const part = new Map(format.formatToParts(atMs).map(({ type, value }) => [type, value]));
    const of = (type: Intl.DateTimeFormatPartTypes) => part.get(type) ?? '';
    return {
      date: `${of('year')}-${of('month')}-${of('day')}`,
      time: `${of('hour')}:${of('minute')}:${of('second')}`,
      fraction: of('fractionalSecond'),
      offset: of('timeZoneName').replace('GMT', '') || '+00:00',
    };
  };
}

/**
 * Makes any text fit for one line: of the log, or of a command's output. Masks secrets first and only then makes the
 * rest harmless: a cut or an escape could hide half of a secret.
 */
export function createCleaner(secrets: readonly string[]): (text: string) => string {
  const mask = createMask(secrets);
  return (text) => {
    const masked = mask(text);
    // Text that is cut off anyway is not searched: for some texts the search takes quadratic time.
    const stripped = stripVTControlCharacters(masked.slice(0, MESSAGE_MAX_LENGTH));
    return printable((stripped + masked.slice(MESSAGE_MAX_LENGTH)).trimEnd(), MESSAGE_MAX_LENGTH);
  };
}

export function createMask(secrets: readonly string[]): (text: string) => string {
  const spellings = [...new Set(secrets.flatMap(spellingsOf))].sort(
    (one, other) => other.length - one.length,
  );
  return (text) => spellings.reduce((rest, spelling) => rest.replaceAll(spelling, MASK), text);
}

/** A secret as it is, as it appears in a URL, and as it appears in JSON. */
function spellingsOf(secret: string): readonly string[] {
  if (secret.length < SECRET_MIN_LENGTH) return [];
  const wellFormed = Buffer.from(secret).toString(); // half a character has no spelling in a URL
  return [secret, encodeURIComponent(wellFormed), JSON.stringify(secret).slice(1, -1)];
}
