import { happens, listedAgain, minutes, onGateway } from '../builders.ts';
import { settled } from '../history.ts';

const forbidden = happens({ type: 'callForbidden', call: 'restart', reason: 'it is forbidden (HTTP 403)' });
const podman = (version: string) => happens({ type: 'podmanRecognised', version });

describe('a call that is forbidden', () => {
  it('is said with what is lost and what to do, and once it is allowed again', () => {
    settled()
      .feed(forbidden, minutes(5), happens({ type: 'callAllowed', call: 'restart' }))
      .expectLines(
        'The engine, or a proxy in front of it, forbids POST /containers/{id}/restart (it is forbidden (HTTP 403)): ' +
          'neither the gateway nor a dependent can be restarted, so nothing is repaired, except by a re-creation. ' +
          'Allow it in the rules of the proxy (docker/socket-proxy.md)',
        'POST /containers/{id}/restart is allowed again',
      );
  });

  it('is no warning if hardly anything is lost', () => {
    const { lines } = settled().feed(happens({ type: 'callForbidden', call: 'info', reason: 'Forbidden' }));
    expect(lines.map(({ level }) => level)).toEqual(['info']);
  });
});

describe('Podman', () => {
  it('is named once, and again if another version answers', () => {
    settled()
      .feed(podman('5.8.6'), minutes(5), podman('5.8.6'), podman(''))
      .expectLines(/^The engine is Podman 5\.8\.6: /, /^The engine is Podman: /);
  });

  it('is asked for no re-creation: an orphan is left to its owner', () => {
    const orphan = onGateway('app', { ref: 'f'.repeat(64) });
    const history = settled([onGateway('app')], { settings: { autoRecreate: true } }).feed(podman('5.8.6'));
    const { past } = history.everything;
    history.everything = {
      ...history.everything,
      past: { ...past, gateways: { gluetun: [...(past.gateways['gluetun'] ?? []), 'f'.repeat(64)] } },
    };
    history.forget().feed(listedAgain(orphan), minutes(5));
    expect(history.acts).toEqual([]);
    expect(history.notices.map(({ kind }) => kind)).toContain('orphansNotRecreated');
  });
});
