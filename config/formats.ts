import convict from 'convict';
import { parseContainerNames } from './container-names.ts';
import { isDockerHost } from './docker-connection.ts';
import { type ListenAddress, isHostName, parseListenAddress } from './listen-address.ts';
import { parsedUrl } from './parsed-url.ts';
import { type Witness, parseWitness } from './witness.ts';

/** What else a format may be told about the values of a variable. */
export interface Limits {
  /** The least and the greatest number, in the unit that a person writes. */
  readonly limits?: readonly [minimum: number, maximum: number];
  readonly choices?: readonly string[];
}

/** How one kind of value is read from the text of a variable. */
export interface Format<Value = unknown> {
  /**
   * The value, or the text itself if it cannot be read. It must not throw: convict would stop at the first
   * such variable, and the user should hear of all of them.
   */
  readonly coerce: (text: string) => Value | string;
  /** Whether `value` was read, and is within the limits. */
  readonly accepts: (value: unknown, limits: Limits) => boolean;
  /** What a person may write, as the end of "accepted: …". */
  readonly accepted: (limits: Limits) => string;
  /** The value in effect as text; `text` is what the user wrote, or the default. Absent: `String`. */
  readonly show?: (value: unknown, text: string) => string;
  /** What the list holds; absent: the value is not a list. */
  readonly list?: 'names' | 'sites';
}

const text = (accepted: string, accepts: (value: string) => boolean): Format<string> => ({
  coerce: (given) => given,
  accepts: (value) => typeof value === 'string' && (value === '' || accepts(value)),
  accepted: () => accepted,
});

const UNLIMITED = [0, Number.MAX_SAFE_INTEGER] as const;

const wholeNumber: Format<number> = {
  coerce: (given) => (/^(0|[1-9]\d{0,14})$/.test(given) ? Number(given) : given),
  accepts: (value, { limits: [minimum, maximum] = UNLIMITED }) =>
    typeof value === 'number' && value >= minimum && value <= maximum,
  accepted: ({ limits: [minimum, maximum] = UNLIMITED }) => `a whole number from ${minimum} to ${maximum}`,
};

const SECONDS_IN: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** Written, limited and shown in seconds; `perSecond` is the unit of the value. */
const duration = (perSecond: 1 | 1000): Format<number> => ({
  coerce: (given) => {
    const [, digits, unit = 's'] = /^(0|[1-9]\d{0,14})([smhd])?$/i.exec(given) ?? [];
    return digits === undefined ? given : Number(digits) * (SECONDS_IN[unit.toLowerCase()] ?? 1) * perSecond;
  },
  accepts: (value, limits) => typeof value === 'number' && wholeNumber.accepts(value / perSecond, limits),
  accepted: (limits) =>
    `${wholeNumber.accepted(limits)} (seconds), or a duration such as 90s, 30m, 12h or 7d`,
  show: (value) => String(Number(value) / perSecond),
});

const choice: Format<string> = {
  coerce: (given) => given.toLowerCase(),
  accepts: (value, { choices = [] }) => typeof value === 'string' && choices.includes(value),
  accepted: ({ choices = [] }) => `one of ${choices.join(', ')}`,
};

const YES = ['true', 'yes', 'on', '1'];
const NO = ['false', 'no', 'off', '0'];

const yesNo: Format<boolean> = {
  coerce: (given) => readYesNo(given.toLowerCase()) ?? given,
  accepts: (value) => typeof value === 'boolean',
  accepted: () => '`true` or `false` (also yes or no, on or off, 1 or 0)',
};

function readYesNo(word: string): boolean | undefined {
  if (YES.includes(word)) return true;
  return NO.includes(word) ? false : undefined;
}

const containerList: Format<readonly string[]> = {
  coerce: (given) => parseContainerNames(given) ?? given,
  accepts: Array.isArray,
  accepted: () => 'container names separated by commas, white space or line breaks',
  list: 'names',
};

const dependents: Format<'auto' | readonly string[]> = {
  coerce: (given) => (given.toLowerCase() === 'auto' ? 'auto' : readDependents(given)),
  accepts: (value) => value === 'auto' || Array.isArray(value),
  accepted: () => '`auto`, or container names separated by commas, white space or line breaks',
  list: 'names',
};

function readDependents(given: string): string | readonly string[] {
  const names = parseContainerNames(given);
  return names === undefined || names.length === 0 || names.includes('auto') ? given : names;
}

/** Tried only at the first of them: tried at each, a long row would take quadratic time. */
const TRAILING_SLASHES = /(?<!\/)\/+$/;

const webAddress: Format<string> = {
  coerce: (given) => (isWebAddress(given) ? given.replace(TRAILING_SLASHES, '') : given),
  accepts: (value) => typeof value === 'string' && isWebAddress(value),
  accepted: () => 'an http:// or https:// address without user, password, query or fragment',
};

function isWebAddress(given: string): boolean {
  const url = /^https?:\/\/[^/\s][^\s?#]*$/i.test(given) ? parsedUrl(given) : undefined;
  return url?.username === '' && url.password === '';
}

/** More is surely a mistake: each is watched by itself, with its own checks. */
const MOST_GATEWAYS = 16;

const gateways: Format<readonly string[]> = {
  coerce: (given) => parseContainerNames(given) ?? given,
  accepts: (value) => Array.isArray(value) && value.length > 0 && value.length <= MOST_GATEWAYS,
  accepted: () =>
    `container names, compose service names or ids, separated by commas, white space or line breaks, 1 to ` +
    `${MOST_GATEWAYS} of them`,
  list: 'names',
};

type SiteQuorum = 'any' | 'majority' | 'all' | number;

const QUORUM_WORDS = ['any', 'majority', 'all'];

const FROM_ONE: Limits = { limits: [1, Number.MAX_SAFE_INTEGER] };

const siteQuorum: Format<SiteQuorum> = {
  coerce: (given) => wholeNumber.coerce(given.toLowerCase()),
  accepts: (value) =>
    typeof value === 'string' ? QUORUM_WORDS.includes(value) : wholeNumber.accepts(value, FROM_ONE),
  accepted: () => `one of ${QUORUM_WORDS.join(', ')}, or a whole number from 1`,
};

const asGiven = (_value: unknown, given: string): string => given;

const witness: Format<Witness | undefined> = {
  coerce: (given) => (given === '' ? undefined : (parseWitness(given) ?? given)),
  accepts: (value) => typeof value !== 'string',
  accepted: () =>
    '`http://…`, `https://…` or `tcp://host:port`, without user and password; an IPv6 address in brackets',
  show: asGiven,
};

/** It is sent in an HTTP header, where a line break would start another header. */
const secret: Format<string | undefined> = {
  coerce: (given) => (given === '' ? undefined : given),
  accepts: (value) => value === undefined || (typeof value === 'string' && /^[\x20-\x7e]+$/.test(value)),
  accepted: () => 'printable ASCII characters, on one line',
  show: asGiven,
};

const entriesIn = (given: string): readonly string[] => given.split(/[\s,]+/).filter((entry) => entry !== '');

const listenAddresses: Format<readonly ListenAddress[]> = {
  coerce: (given) => {
    const read = entriesIn(given).map(parseListenAddress);
    return read.every((address) => address !== undefined) ? read : given;
  },
  accepts: Array.isArray,
  accepted: () =>
    '`host:port` with a port from 1 to 65535, an IPv6 address in brackets; several separated by commas',
  show: asGiven,
  list: 'names',
};

const hostNames: Format<readonly string[]> = {
  coerce: (given) => {
    const names = entriesIn(given.toLowerCase());
    return names.every(isHostName) ? names.map((name) => name.replace(/\.$/, '')) : given;
  },
  accepts: Array.isArray,
  accepted: () => 'host names separated by commas, without `https://`, port and path',
  list: 'names',
};

const siteList: Format<string> = {
  ...text('sites separated by commas, white space or line breaks', () => true),
  list: 'sites',
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
  /** The value is in seconds. */
  seconds: duration(1),
  /** The value is in milliseconds. */
  duration: duration(1000),
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
  witness,
  'listen-addresses': listenAddresses,
  'host-names': hostNames,
  'time-zone': text('an IANA time zone such as `Europe/Berlin`', isTimeZone),
  path: text('a path', (value) => !/\p{Cc}/u.test(value)),
  secret,
  /** On when anything at all is written, as the Docker CLI reads it. */
  flag: text('anything for on, empty for off', () => true),
  'site-list': siteList,
} as const satisfies Record<string, Format>;

export type FormatName = keyof typeof formats;

export function formatOf(name: FormatName): Format {
  return formats[name];
}

/** Makes the formats known to convict. Doing it twice does no harm. */
export function registerFormats(): void {
  for (const [name, format] of Object.entries<Format>(formats)) {
    convict.addFormat({
      name,
      coerce: format.coerce,
      validate: () => undefined, // convict requires one; `formatFaults` calls `accepts` instead, to report every fault
    });
  }
}
