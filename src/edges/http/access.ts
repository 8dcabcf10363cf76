import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { isIPv6 } from 'node:net';

/** Further sessions end the oldest. */
const MOST_SESSIONS = 100;
export const SESSION_SECONDS = 30 * 86_400;

const LOG_INS = 5;
const MINUTE_MS = 60_000;
/** Addresses that log-ins are counted of. */
const MOST_ADDRESSES = 1_000;

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Who may see what the monitor shows: whoever knows the token, or has logged in with it. */
export class Access {
  readonly #token: Buffer;
  readonly #now: () => number;
  /** When each ends, by the digest of its value, the oldest first. */
  readonly #sessions = new Map<string, number>();
  /** When each address has tried to log in, the least recent address first. */
  readonly #logIns = new Map<string, readonly number[]>();

  constructor(token: string, now: () => number) {
    this.#token = digest(token);
    this.#now = now;
  }

  /** Takes the same time whatever is given. */
  isToken(given: string): boolean {
    return timingSafeEqual(digest(given), this.#token);
  }

  isBearer(header: string | undefined): boolean {
    const [, given] = /^bearer +(\S.*)$/i.exec(header ?? '') ?? [];
    return given !== undefined && this.isToken(given.trimEnd());
  }

  /** Counts a log-in, whether it succeeds or not. */
  mayLogIn(address: string): boolean {
    const now = this.#now();
    const key = networkOf(address);
    const recent = (this.#logIns.get(key) ?? []).filter((at) => now - at < MINUTE_MS);
    const isAllowed = recent.length < LOG_INS;
    this.#logIns.delete(key);
    this.#logIns.set(key, isAllowed ? [...recent, now] : recent);
    dropOldest(this.#logIns, MOST_ADDRESSES);
    return isAllowed;
  }

  /** A new session. Its value is kept by nobody but the browser. */
  begin(): string {
    const value = randomBytes(32).toString('base64url');
    this.#sessions.set(digest(value).toString('base64'), this.#now() + SESSION_SECONDS * 1000);
    dropOldest(this.#sessions, MOST_SESSIONS);
    return value;
  }

  isSession(value: string | undefined): boolean {
    if (value === undefined) return false;
    const end = this.#sessions.get(digest(value).toString('base64'));
    return end !== undefined && this.#now() < end;
  }
}

/** Whoever has one IPv6 address has 2⁶⁴ of them. */
function networkOf(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '');
  if (!isIPv6(plain)) return plain;
  const [head = '', tail = ''] = plain.split('%')[0]?.split('::') ?? [];
  const [first, last] = [head, tail].map((part) => part.split(':').filter(Boolean)) as [string[], string[]];
  const zeros = Array<string>(Math.max(0, 8 - first.length - last.length)).fill('0');
  return [...first, ...zeros, ...last].slice(0, 4).join(':');
}

function dropOldest(map: Map<string, unknown>, most: number): void {
  for (const key of map.keys()) {
    if (map.size <= most) return;
    map.delete(key);
  }
}
