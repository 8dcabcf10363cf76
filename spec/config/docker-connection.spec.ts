import {
  type DockerSettings,
  isDockerHost,
  resolveDockerConnection,
} from '../../config/docker-connection.ts';
import { loadConfig } from '../../config/load-config.ts';
import { TemporaryFolder } from './temporary-folder.ts';

const PEM = '-----BEGIN CERTIFICATE-----\n';

const unset: DockerSettings = {
  host: 'unix:///var/run/docker.sock',
  tlsVerify: '',
  certPath: '~/.docker',
  certPathGiven: false,
  home: '/nowhere',
};

describe('DOCKER_HOST', () => {
  const tcp = (host: string, port: number) => ({ kind: 'tcp', host, port, tls: undefined });
  it.each([
    {
      given: 'unix:///run/user/1000/docker.sock',
      then: { kind: 'socket', path: '/run/user/1000/docker.sock' },
    },
    {
      given: 'unix:///run/podman/podman.sock',
      then: { kind: 'socket', path: '/run/podman/podman.sock' },
    },
    {
      given: 'unix:///run/user/1000/podman/podman.sock',
      then: { kind: 'socket', path: '/run/user/1000/podman/podman.sock' },
    },
    { given: 'unix://', then: { kind: 'socket', path: '/var/run/docker.sock' } },
    { given: 'tcp://proxy:1234', then: tcp('proxy', 1234) },
    { given: 'tcp://proxy', then: tcp('proxy', 2375) },
    { given: 'tcp://proxy:1234/', then: tcp('proxy', 1234) },
    { given: 'tcp://:1234', then: tcp('127.0.0.1', 1234) },
    { given: 'tcp://[::1]:1234', then: tcp('::1', 1234) },
    { given: 'http://proxy', then: tcp('proxy', 2375) },
    { given: 'proxy:1234', then: tcp('proxy', 1234) },
  ])('reads $given as $then', ({ given, then }) => {
    expect(resolveDockerConnection({ ...unset, host: given })).toEqual({ ok: true, connection: then });
  });

  it.each([
    'ssh://nas',
    'npipe:////./pipe/docker_engine',
    'fd://',
    'unix://relative',
    '/var/run/docker.sock',
    'tcp://host:0',
    'tcp://host:65536',
    'tcp://host:port',
    'tcp://host/prefix',
    'tcp://user@host',
    'tcp://a b',
  ])('refuses %s', (given) => {
    expect(isDockerHost(given)).toBe(false);
  });
});

describe('TLS', () => {
  const folder = new TemporaryFolder();

  function writeCertificates(...names: string[]): string {
    for (const name of names) folder.file(`certificates/${name}`, `${PEM}${name}`);
    return folder.at('certificates');
  }

  const tls = { ca: `${PEM}ca.pem`, cert: `${PEM}cert.pem`, key: `${PEM}key.pem`, verify: true };

  it.each(['1', '0', 'yes'])('is on if DOCKER_TLS_VERIFY=%s, and the default port is 2376', (tlsVerify) => {
    const certPath = writeCertificates('ca.pem', 'cert.pem', 'key.pem');
    const settings = { ...unset, host: 'tcp://nas', tlsVerify, certPath, certPathGiven: true };
    const connection = { kind: 'tcp', host: 'nas', port: 2376, tls };
    expect(resolveDockerConnection(settings)).toEqual({ ok: true, connection });
  });

  it('reads the certificates in ~/.docker by default', () => {
    for (const name of ['ca.pem', 'cert.pem', 'key.pem']) folder.file(`.docker/${name}`, `${PEM}${name}`);
    const settings = { ...unset, host: 'tcp://nas:99', tlsVerify: '1', home: folder.at('.') };
    expect(resolveDockerConnection(settings)).toMatchObject({ connection: { port: 99, tls } });
  });

  it('trusts the authorities of the system if only https:// asks for TLS', () => {
    expect(resolveDockerConnection({ ...unset, host: 'https://nas' })).toEqual({
      ok: true,
      connection: {
        kind: 'tcp',
        host: 'nas',
        port: 2376,
        tls: { ca: undefined, cert: undefined, key: undefined, verify: true },
      },
    });
  });

  it('uses the certificates of DOCKER_CERT_PATH with https://', () => {
    const certPath = writeCertificates('ca.pem', 'cert.pem', 'key.pem');
    const settings = { ...unset, host: 'https://nas', certPath, certPathGiven: true };
    expect(resolveDockerConnection(settings)).toMatchObject({ ok: true, connection: { tls } });
  });

  it('reads no certificates for a socket, or for tcp:// without DOCKER_TLS_VERIFY', () => {
    const certPath = folder.at('nothing');
    const lone = { ...unset, host: 'tcp://nas', certPath, certPathGiven: true };
    expect(resolveDockerConnection(lone)).toMatchObject({ ok: true, connection: { tls: undefined } });
    expect(resolveDockerConnection({ ...unset, tlsVerify: '1', certPath })).toMatchObject({ ok: true });
  });

  it('names every file that is missing or not a certificate', () => {
    const certPath = writeCertificates('ca.pem');
    folder.file('certificates/key.pem', 'nonsense');
    const env = {
      DOCKER_HOST: 'tcp://nas',
      DOCKER_TLS_VERIFY: '1',
      DOCKER_CERT_PATH: certPath,
      TIMEOUT: 'x',
    };
    expect(loadConfig(env)).toEqual({
      ok: false,
      faults: [
        expect.objectContaining({ variable: 'TIMEOUT' }),
        {
          variable: 'DOCKER_CERT_PATH',
          given: certPath,
          accepted:
            'a folder with ca.pem, cert.pem and key.pem (cert.pem does not exist; key.pem holds no PEM)',
        },
      ],
    });
  });

  it('warns if DOCKER_TLS_VERIFY says off but turns TLS on', () => {
    const certPath = writeCertificates('ca.pem', 'cert.pem', 'key.pem');
    const env = { DOCKER_HOST: 'tcp://nas', DOCKER_TLS_VERIFY: '0', DOCKER_CERT_PATH: certPath };
    expect(loadConfig(env)).toMatchObject({
      ok: true,
      warnings: [expect.stringContaining('DOCKER_TLS_VERIFY=0 turns TLS on')],
    });
  });
});
