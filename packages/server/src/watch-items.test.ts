import type { Orchestrator, Progress, WorkflowEvent } from '@baton/core';
import { describe, expect, it } from 'vitest';
import { watchItems } from './watch-items.ts';

const request = { workflowId: 'w' };
const QUIET = { includeProgress: true, heartbeatMs: 60_000 };
const said = (n: number): Progress => ({
  ...{ workflowId: 'w', state: 's', role: 'r', attempt: 1, at: 0 },
  message: String(n),
});
const event = (sequence: number): WorkflowEvent => ({
  ...{ workflowId: 'w', sequence, type: 'noted', triggeredBy: 'ada' },
  ...{ data: {}, at: 0, revision: 1, epoch: 1 },
});

/** A workflow of one event, after which it goes on in silence, and the listeners to its progress. */
function oneEvent() {
  const listeners: ((progress: Progress) => void)[] = [];
  let ended = false;
  const orchestrator = {
    async *watch(_: unknown, signal: AbortSignal, onProgress?: (progress: Progress) => void) {
      if (onProgress !== undefined) listeners.push(onProgress);
      try {
        yield event(1);
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
      } finally {
        ended = true;
      }
    },
  } as unknown as Orchestrator;
  return { orchestrator, listeners, ended: () => ended };
}

describe('the items of a watch', () => {
  it('are events alone unless progress is asked for', async () => {
    const { orchestrator, listeners } = oneEvent();
    const items = watchItems(
      orchestrator,
      request,
      { ...QUIET, includeProgress: false },
      new AbortController().signal,
    );
    expect((await items.next()).value).toMatchObject({ event: { sequence: 1 } });
    expect(listeners).toEqual([]);
  });

  it.each([true, false])(
    'are heartbeats while there is nothing to say, and then go on (with progress: %s)',
    async (includeProgress) => {
      const { orchestrator, ended } = oneEvent();
      const options = { includeProgress, heartbeatMs: 5 };
      const items = watchItems(orchestrator, request, options, new AbortController().signal);
      expect((await items.next()).value).toMatchObject({ event: { sequence: 1 } });
      for (let n = 0; n < 3; n++) {
        const { value } = await items.next();
        expect([value?.event, value?.progress]).toEqual([undefined, undefined]);
      }
      await items.return();
      expect(ended()).toBe(true);
    },
  );

  it('hold for a slow watcher the newest of its progress, and no more than a hundred', async () => {
    const { orchestrator, listeners } = oneEvent();
    const items = watchItems(orchestrator, request, QUIET, new AbortController().signal);
    await items.next();
    for (let n = 1; n <= 1000; n++) listeners[0]?.(said(n));
    const messages: (string | undefined)[] = [];
    for (let n = 0; n < 100; n++) {
      const { value } = await items.next();
      messages.push(value?.progress?.message);
    }
    expect(messages).toEqual(Array.from({ length: 100 }, (_, index) => String(901 + index)));
    const next = items.next();
    listeners[0]?.(said(1001));
    expect((await next).value).toMatchObject({ progress: { message: '1001' } });
  });

  it('end the watch of a caller that leaves between two events', async () => {
    const { orchestrator, ended } = oneEvent();
    const items = watchItems(orchestrator, request, QUIET, new AbortController().signal);
    await items.next();
    await items.return(undefined);
    expect(ended()).toBe(true);
  });

  it('leave the event loop to others, though store and reader never wait', async () => {
    const orchestrator = {
      async *watch() {
        for (let n = 1; n <= 20_000; n++) yield event(n);
      },
    } as unknown as Orchestrator;
    let turns = 0;
    let reading = true;
    const tick = () => {
      turns += 1;
      if (reading) setImmediate(tick);
    };
    setImmediate(tick);
    const signal = new AbortController().signal;
    let count = 0;
    for await (const _ of watchItems(orchestrator, request, QUIET, signal)) count += 1;
    reading = false;
    expect(count).toBe(20_000);
    expect(turns).toBeGreaterThan(3);
  });
});
