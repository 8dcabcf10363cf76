/** What kept a probe from the site, as far as wget's output shows it. */
export type FailureCause = 'dns' | 'refused' | 'unreachable' | 'silent' | 'closed' | 'tls' | 'notHttp';

/** A failure on the way to the site, or at the site. */
interface Failed {
  readonly cause: FailureCause;
  /** As a clause of a log line. */
  readonly words: string;
}

type Table<Meaning> = readonly (readonly [RegExp, Meaning])[];

/**
 * Messages of GNU wget (with OpenSSL, as in Gluetun, and with GnuTLS, as in Debian) and of BusyBox's, with system
 * errors as musl and glibc word them. The most specific comes first.
 */
const FAILURES: Table<Failed> = [
  [/ failed: (Temporary failure in name resolution|Try again)\.$/, dns('no name server answers')],
  [/ failed: (Name or service not known|Name does not resolve|No address associated with hostname|Name has no usable address)\.$/, dns('the name does not resolve')],
  [/^wget: (unable to resolve host address|bad address) /, dns('the name does not resolve')],
  [/: Connection refused\.?$/, { cause: 'refused', words: 'connection refused' }],
  [/: (No route to host|Host is unreachable)\.?$/, { cause: 'unreachable', words: 'no route to the host' }],
  [/: (Network (is )?unreachable|Network is down|Cannot assign requested address|Address not available|Invalid argument|Permission denied)\.?$/, { cause: 'unreachable', words: 'the network cannot be reached' }],
  [/: (Connection|Operation) timed out\.?$/, { cause: 'silent', words: 'connecting timed out' }],
  [/^ {2}Issued certificate has expired\.$|^ERROR: The certificate of .* has expired\.$/, tls('the certificate has expired')],
  [/^ {2}Issued certificate not yet valid\.$|^ERROR: The certificate of .* is not yet activated\.$/, tls('the certificate is not yet valid')],
  [/doesn't match requested host name|no certificate subject alternative name matches|^The certificate's owner does not match hostname /, tls('the certificate is for another host')],
  [/^ {2}Self-signed certificate encountered\.$/, tls('the certificate is self-signed')],
  [/^ {2}Unable to locally verify the issuer's authority\.$|^ERROR: The certificate of .* (doesn't have a known issuer|is not trusted)\.$/, tls('the certificate has no known issuer')],
  [/^ERROR: The certificate of .* has been revoked\.$/, tls('the certificate has been revoked')],
  [/^OpenSSL: .*wrong version number|^GnuTLS: An unexpected TLS packet was received\.$/, tls('the server speaks no TLS')],
  [/^OpenSSL: .*unexpected eof|^GnuTLS: The TLS connection was non-properly terminated\.$|^GnuTLS: Error in the pull function\.$/, { cause: 'closed', words: 'the connection was closed during the TLS handshake' }],
  [/^wget: TLS error |^(GnuTLS|OpenSSL): /, tls('the TLS handshake failed')],
  [/Connection reset by peer\)? ?(in headers)?\.?$|: Broken pipe\.?$/, { cause: 'closed', words: 'the connection was reset' }],
  [/ No data received\.$/, { cause: 'closed', words: 'the connection was closed without an answer' }],
  [/ ERROR -1: Malformed status line\.$|^wget: server returned error: |^wget: bad header/, { cause: 'notHttp', words: 'the answer is not HTTP' }],
  [/^Unable to establish SSL connection\.$/, tls('the TLS handshake failed')],
  [/^wget: error getting response$/, { cause: 'closed', words: 'the answer is not HTTP, or none came' }],
]; // prettier-ignore

/**
 * wget's messages if the gateway it runs in, and not the tunnel, keeps it from its work. Lines that may come from the
 * server begin with two spaces.
 */
const HANDICAPS: Table<string> = [
  [/^wget: v?fork: |^wget: can't fork/, 'no process can be started in the gateway'],
  [/^wget: .*(memory exhausted|out of memory)|^\S.*: (Cannot allocate memory|Out of memory)\.?$|^\S.* failed: Memory allocation failure\.$/i, 'wget has not enough memory in the gateway'],
  [/^\S.*: (Too many open files( in system)?|No file descriptors available)\.?$/, 'wget can open no more files in the gateway'],
  [/^\S.*: No space left on device\.?$/, 'no space is left in the gateway'],
  [/^(wget: |Connecting to ).*: Operation not permitted\.?$/, 'wget is not permitted to connect in the gateway'],
  [/^wget: Syntax error in |^Parsing system wgetrc file/, 'the wgetrc of the gateway cannot be read'],
  [/^wget: (unrecognized|unknown|invalid) option|^Usage: wget /, 'the wget of the gateway does not know the options'],
  [/HTTPS support not compiled in\.?$|^wget: not an http or ftp url|^wget: can't execute 'ssl_client'/, 'the wget of the gateway speaks no HTTPS'],
]; // prettier-ignore

/** What wget was doing when its time was up, from its last line. */
const WAITS: Table<Failed> = [
  [/^Resolving \S+ \(\S+\)\.\.\. $/, dns('no name server answers')],
  [/^Connecting to \S+( \(\S+\)\|\S+\|:\d+)?\.\.\. $/, { cause: 'silent', words: 'no connection' }],
  [/ connected\.$| awaiting response\.\.\. $/, { cause: 'silent', words: 'connected, but no answer' }],
]; // prettier-ignore

function dns(words: string): Failed {
  return { cause: 'dns', words };
}

function tls(words: string): Failed {
  return { cause: 'tls', words };
}

/** What failed; undefined if the output does not show it. */
export const failureIn = (output: readonly string[]): Failed | undefined => firstIn(FAILURES, output);

/** Why wget could not do its work; undefined if it could. */
export const handicapIn = (output: readonly string[]): string | undefined =>
  firstIn(
    HANDICAPS,
    output.filter((line) => !SERVERS_WORDS.test(line)),
  );

/** BusyBox's wget repeats the server's words. */
const SERVERS_WORDS = /^wget: (server returned error|bad header)/;

/** What it waited for when its time was up; undefined if its last line does not show it. */
export const waitIn = (output: readonly string[]): Failed | undefined => firstIn(WAITS, output.slice(-1));

const firstIn = <Meaning>(table: Table<Meaning>, output: readonly string[]): Meaning | undefined =>
  table.find(([pattern]) => output.some((line) => pattern.test(line)))?.[1];
