import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { BatonError } from '../model/errors.ts';
import { createFakeClock } from '../testing/fake-clock.ts';
import { createHeartbeats } from './heartbeats.ts';

const LEASE = 3000;

/** A claim that is kept, whose renewals are answered by `renewClaim`. */
function beating(renewClaim: () => Promise<boolean>) {
  const clock = createFakeClock();
  const asked = vi.fn(renewClaim);
  const source = { renewClaims: async () => [await asked()] };
  const heartbeats = createHeartbeats({ source, clock, leaseMs: LEASE });
  const lost = new AbortController();
  const claim = { workflowId: 'wf_1', token: 't' };
  const beat = heartbeats.keep(claim, (error) => lost.abort(error));
  onTestFinished(() => beat.end());
  /** Lets time pass, then everything that is ready come about. */
  const pass = async (ms: number): Promise<void> => {
    clock.advance(ms);
    await new Promise((resolve) => setTimeout(resolve, 20));
  };
  return { asked, lost: lost.signal, pass, heartbeats, clock };
}

const soon = async (): Promise<boolean> => {
  await new Promise((resolve) => setTimeout(resolve, 5));
  return true;
};

describe('a claim', () => {
  it('is kept by a process that was paused for longer than its lease, if the store says so', async () => {
    const { asked, lost, pass } = beating(soon);
    await pass(10 * LEASE);
    expect(asked).toHaveBeenCalledTimes(1);
    await pass(LEASE / 3);
    expect(asked).toHaveBeenCalledTimes(2);
    expect(lost.aborted).toBe(false);
  });

  it('is asked for again at once when the answer was lost, by a pause for example', async () => {
    let calls = 0;
    const { asked, lost, pass } = beating(() =>
      ++calls === 1 ? new Promise<boolean>(() => undefined) : soon(),
    );
    await pass(LEASE / 3);
    await pass(10 * LEASE);
    expect(asked).toHaveBeenCalledTimes(2);
    expect(lost.aborted).toBe(false);
  });

  it('is lost as soon as the store says so', async () => {
    const { lost, pass } = beating(async () => false);
    await pass(LEASE / 3);
    expect(lost.reason).toMatchObject({
      code: 'stale_claim',
      message: expect.stringContaining('was lost'),
    });
  });

  it('is given up when the source has not answered for a whole lease, and not before', async () => {
    const away = new BatonError('unavailable', 'the store is away');
    const { asked, lost, pass } = beating(async () => {
      throw away;
    });
    for (let turn = 0; turn < 3; turn++) await pass(LEASE / 3);
    expect(asked.mock.calls.length).toBeGreaterThanOrEqual(3);
    expect(lost.aborted).toBe(false);
    await pass(LEASE / 3);
    await pass(LEASE / 3);
    expect(lost.reason).toMatchObject({
      code: 'stale_claim',
      message: expect.stringContaining('could not be renewed'),
      cause: away,
    });
  });

  it('is lost at once when it is withdrawn, and asked for no more', async () => {
    const { asked, lost, pass, heartbeats } = beating(soon);
    heartbeats.withdrawn('t');
    expect(lost.reason).toMatchObject({ message: expect.stringContaining('was withdrawn') });
    await pass(LEASE);
    expect(asked).not.toHaveBeenCalled();
    expect(heartbeats.held()).toEqual([]);
  });

  it('is renewed with the others in one call, and lost alone', async () => {
    const clock = createFakeClock();
    const calls: (readonly string[])[] = [];
    const heartbeats = createHeartbeats({
      source: {
        async renewClaims({ claims }) {
          calls.push(claims.map(({ token }) => token));
          return claims.map(({ token }) => token !== 'b');
        },
      },
      clock,
      leaseMs: LEASE,
    });
    const lost: string[] = [];
    const kept = ['a', 'b', 'c'].map((token) =>
      heartbeats.keep({ workflowId: `wf_${token}`, token }, () => void lost.push(token)),
    );
    clock.advance(LEASE / 3);
    await vi.waitFor(() => expect(lost).toEqual(['b']));
    clock.advance(LEASE / 3);
    await vi.waitFor(() =>
      expect(calls).toEqual([
        ['a', 'b', 'c'],
        ['a', 'c'],
      ]),
    );
    for (const one of kept) one.end();
  });
});
