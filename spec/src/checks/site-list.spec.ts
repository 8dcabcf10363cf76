import type { Site } from '../../../config/config.ts';
import { checkFailed, checkPassed, happens, idOf, seconds, site } from '../builders.ts';
import { settled } from '../history.ts';
import { criticalSites } from '../../../src/checks/quorum.ts';

const changed = (...sites: readonly Site[]) => happens({ type: 'sitesChanged', sites, faults: [] });
const fault = { where: 'line 3', text: '-O/tmp/x', reason: 'starts with "-"' };

describe('the sites file', () => {
  it('replaces the list when it changes, reports its faults and keeps the failures of the sites that remain', () => {
    const history = settled([], { sites: [site('a'), site('b')], settings: { failThreshold: 9 } });
    history.feed(seconds(30), checkFailed());
    history.forget().feed(happens({ type: 'sitesChanged', sites: [site('b'), site('c')], faults: [fault] }));
    history.expectLines(
      'Sites reloaded: https://b, https://c',
      'Sites, line 3: "-O/tmp/x" is left out: starts with "-"',
    );
    expect(history.state.sites.failures).toEqual({ 'https://b/': 1 });
    history.expectCommands({ kind: 'checkSites', sites: [site('b'), site('c')] });
  });

  it('gives a gateway its own sites and those without a gateway', () => {
    const [all, own, others] = [
      site('all'),
      site('own', { gateway: 'gluetun' }),
      site('others', { gateway: 'vpn' }),
    ];
    const history = settled([], { sites: [others, all] }).feed(seconds(30));
    history
      .expectCommands({ kind: 'checkSites', sites: [all] })
      .feed(checkPassed())
      .forget();
    history.feed(changed(all, own, others)).expectCommands({ kind: 'checkSites', sites: [all, own] });
  });

  it('gives a gateway configured by ID its own sites even after it was resolved to its name', () => {
    const word = idOf('gluetun').slice(0, 12);
    const own = site('own', { gateway: word });
    const history = settled([], { settings: { gateway: word } }).feed(changed(own));
    expect(history.state.settings.gateway).toBe('gluetun');
    expect(history.state.sites.list).toEqual([own]);
  });

  it('makes a site critical again that was held as advisory if it leaves the list and comes back', () => {
    const history = settled([], { sites: [site('a'), site('b'), site('c')] });
    history.state = {
      ...history.state,
      demotion: { ...history.state.demotion, held: [site('a').url, site('b').url] },
    };
    history.feed(changed(site('b'), site('c')), changed(site('a'), site('b'), site('c')));
    expect(criticalSites(history.state)).toEqual([site('a'), site('c')]);
  });

  it('makes the monitor forget a site that leaves the list', () => {
    const history = settled([], { sites: [site('a'), site('b')] }).feed(changed(site('b')));
    const { passed, passes } = history.state.sites;
    expect([passed, Object.keys(passes)]).toEqual([[site('b').url], [site('b').url]]);
    history.feed(checkPassed(), changed(site('a'), site('b')), checkPassed());
    expect(history.state.sites.passed).toEqual([site('b').url, site('a').url]);
  });

  it('keeps the last good list if it cannot be used', () => {
    const history = settled();
    history.feed(
      happens({
        type: 'sitesUnusable',
        reason: 'it is empty',
        faults: [{ ...fault, where: 'CONFIG_FILE', text: '' }],
      }),
    );
    history.expectLines(
      'The sites file has changed but is not used: it is empty; going on with the last good list',
      'Sites, CONFIG_FILE: starts with "-"',
    );
    expect(history.state.sites.list).toEqual([site('a')]);
  });
});

describe('a shutdown signal', () => {
  const signal = happens({ type: 'shutdownRequested', signal: 'SIGTERM' });

  it('ends the monitor and is logged once', () => {
    const history = settled().feed(signal, signal).expectLines('Received shutdown signal, exiting...');
    expect(history.state.shared.isShuttingDown).toBe(true);
  });
});
