import { decodeFrames, encodeFrame } from './frames.ts';

describe('frames of the multiplexed stream', () => {
  it('are as a real engine sends them', () => {
    expect(encodeFrame('stdout', 'a b\n').toString('hex')).toBe('0100000000000004' + '6120620a');
    expect(encodeFrame('stderr', 'c\n').toString('hex')).toBe('0200000000000002' + '630a');
  });

  it('count bytes, not letters', () => {
    expect(encodeFrame('stdout', 'é').readUInt32BE(4)).toBe(2);
  });

  it('come back out as they went in', () => {
    const recording = Buffer.concat([encodeFrame('stderr', 'Malmö'), encodeFrame('stdout', 'x')]);
    expect(decodeFrames(recording)).toEqual([
      { stream: 'stderr', text: 'Malmö' },
      { stream: 'stdout', text: 'x' },
    ]);
  });

  it('are not guessed when one is cut short', () => {
    expect(() => decodeFrames(encodeFrame('stdout', 'abc').subarray(0, 9))).toThrow('half a frame');
  });
});
