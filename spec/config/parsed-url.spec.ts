import { parsedUrl } from '../../config/parsed-url.ts';

describe('parsedUrl', () => {
  it('still reads a host with an umlaut after 200,000 other URLs', () => {
    for (let time = 0; time < 200_000; time += 1) parsedUrl(`https://one.example/${String(time % 7)}`);
    expect(parsedUrl('https://b\u00fccher.example')?.href).toBe('https://xn--bcher-kva.example/');
  });

  it('returns undefined for a text that is not a URL', () => {
    expect(parsedUrl('http://256.1.1.1')).toBeUndefined();
  });
});
