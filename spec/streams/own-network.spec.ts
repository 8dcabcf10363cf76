import { ownerIdIn } from '../../streams/own-network.ts';

const ID = 'a1b2'.repeat(16);
const OTHER = 'c3d4'.repeat(16);
const mount = (source: string, target: string): string =>
  `1024 1010 254:1 ${source} ${target} rw,relatime - ext4 /dev/vda1 rw`;
const ROOT = '1010 900 0:52 / / rw,relatime - overlay overlay rw,lowerdir=/var/lib/docker/overlay2/l/X';

describe("the owner of the monitor's network", () => {
  it.each<{ given: string; lines: readonly string[]; owner: string | undefined }>([
    {
      given: 'found in the mounts of Docker',
      lines: [ROOT, mount(`/var/lib/docker/containers/${ID}/resolv.conf`, '/etc/resolv.conf')],
      owner: ID,
    },
    {
      given: 'found if the data root is a separate file system',
      lines: [ROOT, mount(`/containers/${ID}/hostname`, '/etc/hostname')],
      owner: ID,
    },
    {
      given: 'found in the mounts of Podman',
      lines: [mount(`/containers/storage/overlay-containers/${ID}/userdata/hostname`, '/etc/hostname')],
      owner: ID,
    },
    {
      given: "not taken from another container's file that is mounted elsewhere",
      lines: [mount(`/var/lib/docker/containers/${OTHER}/hostname`, '/peek/hostname'), ROOT],
      owner: undefined,
    },
    {
      given: 'not taken from a file of the host',
      lines: [mount('/run/systemd/resolve/stub-resolv.conf', '/etc/resolv.conf')],
      owner: undefined,
    },
    { given: 'unknown if there are no mounts', lines: [''], owner: undefined },
  ])('is $given', ({ lines, owner }) => {
    expect(ownerIdIn(lines.join('\n'))).toBe(owner);
  });
});
