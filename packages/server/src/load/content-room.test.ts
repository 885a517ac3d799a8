import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createContentRoom } from './content-room.ts';

const never = new AbortController().signal;

/** Whether a promise has come to something by now. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  const open = Symbol('open');
  const found = await Promise.race([promise.catch(() => undefined), setImmediate(open)]);
  return found !== open;
}

describe('the room for contents', () => {
  it('lets in what fits, and the others in their order once there is room', async () => {
    const room = createContentRoom(10);
    const leave = await room.enter(6, never);
    const large = room.enter(6, never);
    const small = room.enter(1, never);
    expect(await isSettled(large)).toBe(false);
    expect(await isSettled(small)).toBe(false);
    leave();
    expect(await isSettled(large)).toBe(true);
    expect(await isSettled(small)).toBe(true);
  });

  it('lets in one that is larger than all of it, alone', async () => {
    const room = createContentRoom(10);
    const leave = await room.enter(100, never);
    const next = room.enter(1, never);
    expect(await isSettled(next)).toBe(false);
    leave();
    expect(await isSettled(next)).toBe(true);
  });

  it('gives room back once, however often it is left', async () => {
    const room = createContentRoom(10);
    const leave = await room.enter(5, never);
    await room.enter(5, never);
    leave();
    leave();
    await room.enter(5, never);
    expect(await isSettled(room.enter(1, never))).toBe(false);
  });

  it('forgets who has left while it waited, and lets in who stood behind', async () => {
    const room = createContentRoom(10);
    await room.enter(5, never);
    const gone = new AbortController();
    const leaving = room.enter(10, gone.signal);
    const behind = room.enter(5, never);
    expect(await isSettled(behind)).toBe(false);
    gone.abort(new Error('gone'));
    await expect(leaving).rejects.toThrow('gone');
    expect(await isSettled(behind)).toBe(true);
    await expect(room.enter(1, gone.signal)).rejects.toThrow('gone');
  });
});
