import { ownerIdIn } from '../../streams/own-network.ts';

const ID = 'a1b2'.repeat(16);
const OTHER = 'c3d4'.repeat(16);
const mount = (source: string, target: string): string =>
  `1024 1010 254:1 ${source} ${target} rw,relatime - ext4 /dev/vda1 rw`;
const ROOT = '1010 900 0:52 / / rw,relatime - overlay overlay rw,lowerdir=/var/lib/docker/overlay2/l/X';

describe('whose network the monitor is on', () => {
  it.each<{ given: string; lines: readonly string[]; owner: string | undefined }>([
    {
      given: 'the files of Docker',
      lines: [ROOT, mount(`/var/lib/docker/containers/${ID}/resolv.conf`, '/etc/resolv.conf')],
      owner: ID,
    },
    {
      given: 'a data root on a file system of its own',
      lines: [ROOT, mount(`/containers/${ID}/hostname`, '/etc/hostname')],
      owner: ID,
    },
    {
      given: 'the files of Podman',
      lines: [mount(`/containers/storage/overlay-containers/${ID}/userdata/hostname`, '/etc/hostname')],
      owner: ID,
    },
    {
      given: 'something of another container mounted elsewhere',
      lines: [mount(`/var/lib/docker/containers/${OTHER}/hostname`, '/peek/hostname'), ROOT],
      owner: undefined,
    },
    {
      given: "a host's own file",
      lines: [mount('/run/systemd/resolve/stub-resolv.conf', '/etc/resolv.conf')],
      owner: undefined,
    },
    { given: 'nothing', lines: [''], owner: undefined },
  ])('is told by $given', ({ lines, owner }) => {
    expect(ownerIdIn(lines.join('\n'))).toBe(owner);
  });
});
