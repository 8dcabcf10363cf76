import { signalNumber } from '../../streams/signal-number.ts';

describe('signal number', () => {
  // What `kill` events of Docker 20.10 and 28.5 tell of containers with these stop signals.
  it.each([
    ['15', 15],
    ['SIGTERM', 15],
    ['TERM', 15],
    ['sigterm', 15],
    ['SIGINT', 2],
    ['SIGQUIT', 3],
    ['SIGHUP', 1],
    ['SIGKILL', 9],
    ['SIGUSR1', 10],
    ['SIGWINCH', 28],
    ['SIGSYS', 31],
    ['SIGRTMIN', 34],
    ['SIGRTMIN+3', 37],
    ['RTMIN+3', 37],
    ['RTMAX', 64],
    ['RTMAX-14', 50],
    ['64', 64],
  ])('of %s is %i', (text, number) => {
    expect(signalNumber(text)).toBe(number);
  });

  it.each([
    '',
    '0',
    '-1',
    '65',
    '123',
    '1.5',
    'SIG',
    'TERMINATE',
    'RTMIN-1',
    'RTMIN+31',
    'RTMAX+1',
    'RTMAX-31',
    'RTMIN+',
  ])('of %p is undefined', (text) => {
    expect(signalNumber(text)).toBeUndefined();
  });
});
