import { EventEmitter } from 'node:events';
import { TestScheduler } from 'rxjs/testing';
import type { Event } from '../../streams/events.ts';
import { signals$ } from '../../streams/signals.ts';

const scheduler = new TestScheduler(() => undefined);

describe('signals$', () => {
  it('emits each signal that asks the process to end, including a second one', () => {
    const [emitter, heard] = [new EventEmitter(), [] as Event[]];
    const subscription = signals$(emitter, scheduler).subscribe((event) => heard.push(event));
    for (const signal of ['SIGHUP', 'SIGTERM', 'SIGUSR1', 'SIGINT']) emitter.emit(signal);
    subscription.unsubscribe();
    expect(heard).toEqual([
      { type: 'shutdownRequested', at: 0, signal: 'SIGTERM' },
      { type: 'shutdownRequested', at: 0, signal: 'SIGINT' },
    ]);
  });

  it('listens for signals only while subscribed', () => {
    const emitter = new EventEmitter();
    expect(emitter.eventNames()).toEqual([]);
    const subscription = signals$(emitter, scheduler).subscribe();
    expect(emitter.eventNames()).toEqual(['SIGTERM', 'SIGINT']);
    subscription.unsubscribe();
    expect(emitter.eventNames()).toEqual([]);
  });
});
