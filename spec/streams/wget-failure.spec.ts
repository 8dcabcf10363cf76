import { failureIn, handicapIn } from '../../streams/wget-failure.ts';

/**
 * What no probe on this host shows: the words of musl, and those GNU wget has for OpenSSL's findings, as its source
 * has them (`src/openssl.c`). The others are seen in `real-probes.spec.ts`.
 */
describe('failureIn', () => {
  const resolving = 'Resolving a.example (a.example)... failed: ';
  const unresolved = "wget: unable to resolve host address 'a.example'";
  const connecting = 'Connecting to a.example (a.example)|192.0.2.1|:443... ';
  const unverified = "ERROR: cannot verify a.example's certificate, issued by 'CN=a':";
  const insecurely = "To connect to a.example insecurely, use `--no-check-certificate'.";

  it.each([
    [[`${resolving}Try again.`, unresolved], 'dns', 'no name server answers'],
    [[`${resolving}Temporary failure in name resolution.`, unresolved], 'dns', 'no name server answers'],
    [[`${resolving}Name does not resolve.`, unresolved], 'dns', 'the name does not resolve'],
    [[`${resolving}Non-recoverable error.`, unresolved], 'dns', 'the name does not resolve'],
    [[`${connecting}failed: Host is unreachable.`], 'unreachable', 'no route to the host'],
    [[`${connecting}failed: No route to host.`], 'unreachable', 'no route to the host'],
    [[`${connecting}failed: Network unreachable.`], 'unreachable', 'the network cannot be reached'],
    [[`${connecting}failed: Network is unreachable.`], 'unreachable', 'the network cannot be reached'],
    [[`${connecting}failed: Address not available.`], 'unreachable', 'the network cannot be reached'],
    [[`${connecting}failed: Operation timed out.`], 'silent', 'connecting timed out'],
    [[`${connecting}failed: Connection timed out.`], 'silent', 'connecting timed out'],
    [["wget: can't connect to remote host (192.0.2.1): Host is unreachable"], 'unreachable', 'no route to the host'],
    [[unverified, '  Issued certificate has expired.', insecurely], 'tls', 'the certificate has expired'],
    [[unverified, '  Issued certificate not yet valid.', insecurely], 'tls', 'the certificate is not yet valid'],
    [[unverified, '  Self-signed certificate encountered.', insecurely], 'tls', 'the certificate is self-signed'],
    [[unverified, "  Unable to locally verify the issuer's authority.", insecurely], 'tls', 'the certificate has no known issuer'],
    [["    ERROR: certificate common name 'b.example' doesn't match requested host name 'a.example'.", insecurely], 'tls', 'the certificate is for another host'],
    [['    ERROR: no certificate subject alternative name matches', insecurely], 'tls', 'the certificate is for another host'],
    [['OpenSSL: error:0A00010B:SSL routines::wrong version number', 'Unable to establish SSL connection.'], 'tls', 'the server speaks no TLS'],
    [['OpenSSL: error:0A000410:SSL routines::sslv3 alert handshake failure', 'Unable to establish SSL connection.'], 'tls', 'the TLS handshake failed'],
    [['OpenSSL: error:0A000126:SSL routines::unexpected eof while reading', 'Unable to establish SSL connection.'], 'closed', 'the connection was closed during the TLS handshake'],
    [['Unable to establish SSL connection.'], 'tls', 'the TLS handshake failed'],
  ])('reads the cause from %j: %s, "%s"', (said, cause, words) => {
    expect(failureIn(said)).toEqual({ cause, words });
  }); // prettier-ignore

  it.each([
    [[]],
    [['Spider mode enabled. Check if remote file exists.', `${connecting}connected.`]],
    [['  X-Said: wget: bad address ', '  Connection refused']],
  ])('reads no cause from %j', (said) => {
    expect(failureIn(said)).toBeUndefined();
  });
});

describe('handicapIn', () => {
  const connecting = 'Connecting to 192.0.2.1:80... failed: ';

  it.each([
    ['wget: vfork: Resource temporarily unavailable', /no process/],
    ['wget: fork: Resource temporarily unavailable', /no process/],
    ['wget: out of memory', /memory/],
    ['wget: xmalloc: failed to allocate 4096 bytes; memory exhausted.', /memory/],
    [`${connecting}Cannot allocate memory.`, /memory/],
    [`${connecting}Out of memory.`, /memory/],
    ['Resolving a.example (a.example)... failed: Memory allocation failure.', /memory/],
    [`${connecting}Too many open files.`, /no more files/],
    [`${connecting}Too many open files in system.`, /no more files/],
    [`${connecting}No file descriptors available.`, /no more files/],
    ['wget: socket: Too many open files', /no more files/],
    ['wget: /tmp/x: No space left on device', /no space/],
    [`${connecting}Operation not permitted.`, /not permitted/],
    ['wget: Syntax error in /etc/wgetrc at line 1.', /wgetrc/],
    ['Parsing system wgetrc file (env SYSTEM_WGETRC) failed.  Please check', /wgetrc/],
    ["wget: unrecognized option '--spider'", /options/],
    ['wget: unrecognized option: spider', /options/],
    ['wget: not an http or ftp url: https://a.example/', /HTTPS/],
    ['https://a.example/: HTTPS support not compiled in.', /HTTPS/],
  ])('recognises "%s"', (line, reason) => {
    expect(handicapIn(['Spider mode enabled.', line])).toMatch(reason);
  });

  it.each([
    [`${connecting}Connection refused.`],
    [`${connecting}Permission denied.`],
    ['wget: server returned error: HTTP/1.1 404 out of memory: No space left on device'],
    ['  X-Said: wget: out of memory'],
    ['  wget: vfork: Resource temporarily unavailable'],
  ])('does not recognise "%s"', (line) => {
    expect(handicapIn([line])).toBeUndefined();
  });
});
