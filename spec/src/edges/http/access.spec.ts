import { Access } from '../../../../src/edges/http/access.ts';
import { isOwnHost } from '../../../../src/edges/http/hosts.ts';

describe('access', () => {
  const attempts = (access: Access, address: string, count: number): readonly boolean[] =>
    Array.from({ length: count }, () => access.mayLogIn(address));

  it.each([
    { one: '192.0.2.1', other: '192.0.2.2', isSame: false },
    { one: '192.0.2.1', other: '::ffff:192.0.2.1', isSame: true },
    { one: '2001:db8::1', other: '2001:db8:0:0:ffff::2', isSame: true },
    { one: '2001:db8::1', other: '2001:db8:0:1::1', isSame: false },
    { one: 'fe80::1%eth0', other: 'fe80::2%eth0', isSame: true },
  ])('counts the log-ins of $one and $other together: $isSame', ({ one, other, isSame }) => {
    const access = new Access('token', () => 0);
    expect(attempts(access, one, 6)).toEqual([true, true, true, true, true, false]);
    expect(access.mayLogIn(other)).toBe(!isSame);
  });

  it('counts an attempt for a minute, and not those it refused', () => {
    let now = 0;
    const access = new Access('token', () => now);
    attempts(access, 'a', 3);
    now = 30_000;
    expect(attempts(access, 'a', 3)).toEqual([true, true, false]);
    now = 60_000;
    expect(attempts(access, 'a', 4)).toEqual([true, true, true, false]);
  });

  it('forgets the oldest sessions and addresses if there are too many', () => {
    const access = new Access('token', () => 0);
    const sessions = Array.from({ length: 101 }, () => access.begin());
    expect(sessions.map((one) => access.isSession(one)).indexOf(true)).toBe(1);
    attempts(access, 'first', 5);
    for (let index = 0; index < 1_000; index++) access.mayLogIn(String(index));
    expect(access.mayLogIn('first')).toBe(true);
  });

  it.each([undefined, '', 'Bearer', 'Bearer  ', 'Bearer tokens', 'token'])('refuses %p', (header) => {
    expect(new Access('token', () => 0).isBearer(header)).toBe(false);
  });

  it.each(['Bearer token', 'bearer  token '])('takes %p', (header) => {
    expect(new Access('token', () => 0).isBearer(header)).toBe(true);
  });
});

describe('a host', () => {
  it.each([undefined, '', ':8080', 'a b', 'nas:', 'nas:123456', '[1.2.3.4]', 'ñas.lan'])(
    'is not %p',
    (host) => {
      expect(isOwnHost(host, [])).toBe(false);
    },
  );
});
