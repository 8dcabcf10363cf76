import convict from 'convict';
import { parseContainerNames } from './container-names.ts';
import { isDockerHost } from './docker-host.ts';
import { isWitness } from './witness.ts';
import { parsedUrl } from './parsed-url.ts';

/** The part of a variable's schema that its format looks at. */
export interface FormatLimits {
  readonly minimum?: number;
  readonly maximum?: number;
  readonly choices?: readonly string[];
}

/** How one kind of value is read from the text of a variable. */
export interface Format {
  /**
   * The value, or the text itself where it cannot be read. It must not throw: convict would stop at the
   * first such variable, and a person wants to hear of all of them.
   */
  readonly coerce: (text: string) => unknown;
  readonly accepts: (value: unknown, limits: FormatLimits) => boolean;
  /** What a person may write, as the end of "accepted: …". */
  readonly accepted: (limits: FormatLimits) => string;
}

const text = (accepted: string, accepts: (value: string) => boolean): Format => ({
  coerce: (given) => given,
  accepts: (value) => typeof value === 'string' && (value === '' || accepts(value)),
  accepted: () => accepted,
});

const wholeNumber: Format = {
  coerce: (given) => (/^(0|[1-9]\d{0,14})$/.test(given) ? Number(given) : given),
  accepts: (value, { minimum = 0, maximum = Number.MAX_SAFE_INTEGER }) =>
    typeof value === 'number' && value >= minimum && value <= maximum,
  accepted: ({ minimum, maximum }) => `a whole number from ${minimum ?? 0} to ${maximum ?? 'any'}`,
};

const SECONDS_IN: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

const seconds: Format = {
  coerce: (given) => {
    const [, digits, unit = 's'] = /^(0|[1-9]\d{0,14})([smhd])?$/i.exec(given) ?? [];
    return digits === undefined ? given : Number(digits) * (SECONDS_IN[unit.toLowerCase()] ?? 1);
  },
  accepts: wholeNumber.accepts,
  accepted: (limits) =>
    `${wholeNumber.accepted(limits)} (seconds), or a duration such as 90s, 30m, 12h or 7d`,
};

const choice: Format = {
  coerce: (given) => given.toLowerCase(),
  accepts: (value, { choices = [] }) => typeof value === 'string' && choices.includes(value),
  accepted: ({ choices = [] }) => `one of ${choices.join(', ')}`,
};

const YES = ['true', 'yes', 'on', '1'];
const NO = ['false', 'no', 'off', '0'];

const yesNo: Format = {
  coerce: (given) => readYesNo(given.toLowerCase()) ?? given,
  accepts: (value) => typeof value === 'boolean',
  accepted: () => '`true` or `false` (also yes or no, on or off, 1 or 0)',
};

function readYesNo(word: string): boolean | undefined {
  if (YES.includes(word)) return true;
  return NO.includes(word) ? false : undefined;
}

const containerList: Format = {
  coerce: (given) => parseContainerNames(given) ?? given,
  accepts: Array.isArray,
  accepted: () => 'container names separated by commas, white space or line breaks',
};

const dependents: Format = {
  coerce: (given) => (given.toLowerCase() === 'auto' ? 'auto' : readDependents(given)),
  accepts: (value) => value === 'auto' || Array.isArray(value),
  accepted: () => '`auto`, or container names separated by commas, white space or line breaks',
};

function readDependents(given: string): string | readonly string[] {
  const names = parseContainerNames(given);
  return names === undefined || names.length === 0 || names.includes('auto') ? given : names;
}

/** From their first on: tried at each, a long row of them would take its square in time. */
const TRAILING_SLASHES = /(?<!\/)\/+$/;

const webAddress: Format = {
  coerce: (given) => (isWebAddress(given) ? given.replace(TRAILING_SLASHES, '') : given),
  accepts: (value) => typeof value === 'string' && isWebAddress(value),
  accepted: () => 'an http:// or https:// address without user, password, query or fragment',
};

function isWebAddress(given: string): boolean {
  const url = /^https?:\/\/[^/\s][^\s?#]*$/i.test(given) ? parsedUrl(given) : undefined;
  return url?.username === '' && url.password === '';
}

/** More would be a mistake: each is a machine of its own, with its own checks. */
const MOST_GATEWAYS = 16;

const gateways: Format = {
  coerce: (given) => parseContainerNames(given) ?? given,
  accepts: (value) => Array.isArray(value) && value.length > 0 && value.length <= MOST_GATEWAYS,
  accepted: () =>
    `container names, compose service names or ids, separated by commas, white space or line breaks, 1 to ` +
    `${MOST_GATEWAYS} of them`,
};

const QUORUM_WORDS = ['any', 'majority', 'all'];

const siteQuorum: Format = {
  coerce: (given) => wholeNumber.coerce(given.toLowerCase()),
  accepts: (value) =>
    typeof value === 'string' ? QUORUM_WORDS.includes(value) : wholeNumber.accepts(value, { minimum: 1 }),
  accepted: () => `one of ${QUORUM_WORDS.join(', ')}, or a whole number from 1`,
};

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false; // RangeError is how Intl says no
  }
}

/** Every format, by the name under which the schema refers to it. */
export const formats = {
  'whole-number': wholeNumber,
  seconds,
  choice,
  'yes-no': yesNo,
  gateways,
  'site-quorum': siteQuorum,
  'container-list': containerList,
  dependents,
  'web-address': webAddress,
  'docker-host': text(
    '`unix:///path`, `tcp://host:port`, `http://host:port` or `https://host:port`; never `ssh://` or ' +
      '`npipe://`: forward the socket, or use a socket proxy over tcp',
    isDockerHost,
  ),
  witness: text(
    '`http://…`, `https://…` or `tcp://host:port`, without user and password; an IPv6 address in brackets',
    isWitness,
  ),
  'time-zone': text('an IANA time zone such as `Europe/Berlin`', isTimeZone),
  path: text('a path', (value) => !/\p{Cc}/u.test(value)),
  /** Travels in an HTTP header, where a line break would start another one. */
  secret: text('printable ASCII characters, on one line', (value) => /^[\x20-\x7e]+$/.test(value)),
  /** On when anything at all is written, as the Docker CLI reads it. */
  flag: text('anything for on, empty for off', () => true),
  'site-list': text('sites separated by commas, white space or line breaks', () => true),
} as const satisfies Record<string, Format>;

export type FormatName = keyof typeof formats;

/** Makes the formats known to convict. Doing it twice does no harm. */
export function registerFormats(): void {
  for (const [name, format] of Object.entries<Format>(formats)) {
    convict.addFormat({
      name,
      coerce: format.coerce,
      validate: (value: unknown, variable: convict.SchemaObj & FormatLimits) => {
        if (!format.accepts(value, variable)) throw new Error(`accepted: ${format.accepted(variable)}`);
      },
    });
  }
}
