import { parsedUrl } from '../../config/parsed-url.ts';

describe('parsedUrl', () => {
  it('reads a host with an umlaut, however many others were read before', () => {
    for (let time = 0; time < 200_000; time += 1) parsedUrl(`https://one.example/${String(time % 7)}`);
    expect(parsedUrl('https://b\u00fccher.example')?.href).toBe('https://xn--bcher-kva.example/');
  });

  it('gives nothing for what is no URL', () => {
    expect(parsedUrl('http://256.1.1.1')).toBeUndefined();
  });
});
