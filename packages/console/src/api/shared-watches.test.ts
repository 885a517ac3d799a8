import { BatonError } from '@baton/client';
import type { Progress, WorkflowEvent } from '@baton/core/api';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { connection, returns, tellSource } from './connection.ts';
import { session, signIn } from './session.ts';
import { openWatchOf, type SharedWatch, watchAhead, watchOf } from './shared-watches.ts';

/** A watch as the server has it. */
interface Opened {
  readonly afterSequence: number;
  readonly signal: AbortSignal;
  /** Sends events, numbered from the first that was asked for. */
  send(count: number): void;
  /** What a role says of its work. */
  say(message: string): void;
  fail(code: 'unavailable' | 'permission_denied' | 'unauthenticated'): void;
  end(): void;
}

const server = vi.hoisted(() => {
  vi.stubGlobal('location', { hash: '', origin: 'http://baton', pathname: '/', search: '' });
  vi.stubGlobal('sessionStorage', { getItem: () => null, setItem: () => undefined });
  return { opened: [] as Opened[] };
});

vi.mock('@baton/client', async (original) => ({
  ...(await original<typeof import('@baton/client')>()),
  createBatonClient: () => ({ watch }),
}));

async function* watch(
  { afterSequence = 0 },
  signal: AbortSignal,
  onProgress: (progress: Partial<Progress>) => void,
) {
  const waiting: (WorkflowEvent | Error | 'end')[] = [];
  let wake = Promise.withResolvers<void>();
  let sequence = afterSequence;
  const put = (...more: typeof waiting) => {
    waiting.push(...more);
    wake.resolve();
  };
  signal.addEventListener('abort', () => put('end'));
  server.opened.push({
    ...{ afterSequence, signal },
    send: (count) =>
      put(...Array.from({ length: count }, () => ({ sequence: ++sequence }) as WorkflowEvent)),
    say: (message) => onProgress({ message }),
    fail: (code) => put(new BatonError(code, 'no')),
    end: () => put('end'),
  });
  for (;;) {
    const next = waiting.shift();
    if (next === undefined) {
      await wake.promise;
      wake = Promise.withResolvers();
    } else if (next === 'end' || signal.aborted) return;
    else if (next instanceof Error) throw next;
    else {
      // A long trail takes a while to be read.
      if (waiting.length > 100) vi.advanceTimersByTime(1);
      yield next;
    }
  }
}

let id = '';
let builds = 0;
/** How each part of a page that still shows a build leaves it. */
const users = new Set<() => void>();
beforeEach(() => {
  vi.useFakeTimers();
  id = `w${++builds}`;
  server.opened.length = 0;
  signIn(`key ${builds}`);
});
afterEach(async () => {
  for (const leave of users) leave();
  await vi.runAllTimersAsync();
  vi.useRealTimers();
});

const opened = () => server.opened.at(-1) as Opened;
const heard = (one: SharedWatch) => one.watched.get().events.map(({ sequence }) => sequence);
const upTo = (last: number) => Array.from({ length: last }, (_, at) => at + 1);
/** What has been sent is taken in; nothing that waits for seconds has come yet. */
const soon = () => vi.advanceTimersByTimeAsync(200);

/** A part of a page that shows the build. */
function user(): SharedWatch {
  const one = watchOf(id);
  one.enter();
  const leave = () => {
    if (users.delete(leave)) one.leave();
  };
  users.add(leave);
  return { ...one, leave };
}

describe('a watch', () => {
  it('is opened once for two users, and closed some time after the last has gone', async () => {
    const [one, other] = [user(), user()];
    opened().send(2);
    await soon();
    expect([heard(one), heard(other)]).toEqual([upTo(2), upTo(2)]);
    one.leave();
    await vi.runAllTimersAsync();
    expect(opened().signal.aborted).toBe(false);
    other.leave();
    await soon();
    expect(opened().signal.aborted).toBe(false);
    await vi.runAllTimersAsync();
    expect(opened().signal.aborted).toBe(true);
    expect(server.opened).toHaveLength(1);
    expect(openWatchOf(id)).toBeUndefined();
  });

  it('is kept for the way back', async () => {
    const one = user();
    opened().send(2);
    await soon();
    one.leave();
    await soon();
    expect(heard(user())).toEqual(upTo(2));
    await vi.runAllTimersAsync();
    expect(opened().signal.aborted).toBe(false);
    expect(server.opened).toHaveLength(1);
  });

  it('is opened ahead, and closed if no page follows', async () => {
    watchAhead(id);
    watchAhead(id);
    expect(server.opened).toHaveLength(1);
    await soon();
    expect(opened().signal.aborted).toBe(false);
    await vi.runAllTimersAsync();
    expect(opened().signal.aborted).toBe(true);
    expect(openWatchOf(id)).toBeUndefined();
  });

  it('that was opened ahead is that of the page that follows, which has its first events at once', async () => {
    watchAhead(id);
    opened().send(2);
    await soon();
    const one = user();
    expect(heard(one)).toEqual(upTo(2));
    await vi.runAllTimersAsync();
    expect(opened().signal.aborted).toBe(false);
    expect(server.opened).toHaveLength(1);
  });

  it('takes in the beginning of a long trail ahead, and the rest once a page shows it', async () => {
    watchAhead(id);
    opened().send(300);
    await soon();
    const ahead = openWatchOf(id) as SharedWatch;
    expect(heard(ahead)).toEqual(upTo(100));
    // What is behind them is not sent before.
    expect(opened().signal.aborted).toBe(true);
    user();
    await vi.advanceTimersByTimeAsync(200);
    expect(server.opened.map(({ afterSequence }) => afterSequence)).toEqual([0, 100]);
    opened().send(200);
    await vi.runAllTimersAsync();
    expect(heard(ahead)).toEqual(upTo(300));
  });

  it('is reading while what was written before is on its way, and no more from then on', async () => {
    const one = user();
    opened().send(2);
    await soon();
    // The rest may come at once.
    expect(one.isReading(6)).toBe(false);
    opened().send(2);
    await soon();
    expect(one.isReading(6)).toBe(true);
    opened().send(2);
    await soon();
    expect(one.isReading(6)).toBe(false);
    // What is written from now on is news, of which another call may tell first.
    expect(one.isReading(7)).toBe(false);
  });

  it('is reading no more once its server has no more to say', async () => {
    const one = user();
    opened().send(2);
    await soon();
    opened().send(1);
    await soon();
    expect(one.isReading(4)).toBe(true);
    opened().end();
    await soon();
    expect(one.isReading(4)).toBe(false);
  });

  it('has read nothing yet when a role says something before the first event', async () => {
    const one = user();
    opened().say('at work');
    await soon();
    expect(one.watched.get()).toMatchObject({ isRead: false, progress: [{ message: 'at work' }] });
    opened().send(1);
    await soon();
    expect(one.watched.get().isRead).toBe(true);
  });

  it('ends by an error, and the next user opens it again', async () => {
    const one = user();
    opened().send(2);
    opened().fail('permission_denied');
    await vi.runAllTimersAsync();
    expect(one.watched.get().error).toMatchObject({ code: 'permission_denied' });
    expect(heard(one)).toEqual(upTo(2));
    expect(server.opened).toHaveLength(1);
    one.leave();
    const next = user();
    expect(server.opened).toHaveLength(2);
    opened().send(3);
    await soon();
    expect(next.watched.get()).toMatchObject({ error: undefined });
    expect(heard(next)).toEqual(upTo(3));
    // The one that failed takes nothing of the new one with it.
    await vi.runAllTimersAsync();
    expect(openWatchOf(id)?.watched).toBe(next.watched);
  });

  it.each([
    ['that was cut', () => opened().fail('unavailable')],
    ['that may be dead', () => returns.set((before) => before + 1)],
  ])('goes on over a connection %s, with nothing twice', async (_what, cut) => {
    const one = user();
    opened().send(2);
    await soon();
    cut();
    await vi.runAllTimersAsync();
    expect(server.opened.map(({ afterSequence }) => afterSequence)).toEqual([0, 2]);
    opened().send(2);
    await soon();
    expect(heard(one)).toEqual(upTo(4));
  });

  it('that no page shows has no say in whether the page is live', async () => {
    tellSource('server', 'heard');
    watchAhead(id);
    opened().fail('unavailable');
    await vi.advanceTimersByTimeAsync(1);
    expect(connection.get().isLive).toBe(true);
    const one = user();
    expect(connection.get().isLive).toBe(false);
    one.leave();
    expect(connection.get().isLive).toBe(true);
  });
});

describe('a key that is refused', () => {
  it('is asked for once, and its watches are not opened again', async () => {
    const one = user();
    opened().send(2);
    await soon();
    opened().fail('unauthenticated');
    await vi.runAllTimersAsync();
    expect(session.get().asking).toBe('no');
    watchAhead(id);
    one.leave();
    await vi.runAllTimersAsync();
    expect(server.opened).toHaveLength(1);
    expect(openWatchOf(id)).toBeUndefined();
    signIn('another key');
    expect(heard(user())).toEqual([]);
    expect(server.opened).toHaveLength(2);
  });

  it('takes with it what no page shows, so that the next key is not asked for', async () => {
    user();
    const shown = opened();
    id = `${id} ahead`;
    watchAhead(id);
    const ahead = opened();
    shown.fail('unauthenticated');
    await vi.advanceTimersByTimeAsync(1);
    expect(ahead.signal.aborted).toBe(true);
  });
});
