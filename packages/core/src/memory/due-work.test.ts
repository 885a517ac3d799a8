import { expect, it } from 'vitest';
import type { WorkflowSnapshot } from '../model/workflow.ts';
import { createDueWork } from './due-work.ts';
import { byCodePoint } from './order.ts';

const ROLES = ['a', 'b'];

/** Numbers that look random and are the same each time. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

it.each([1, 2, 3, 4, 5])('lists what a scan of everything lists (seed %i)', (seed) => {
  const next = random(seed);
  const all = new Map<string, WorkflowSnapshot>();
  const due = createDueWork((id) => all.get(id) as WorkflowSnapshot);
  const isFree = ({ claim }: WorkflowSnapshot, now: number) => (claim?.expiresAt ?? 0) <= now;
  for (let round = 0; round < 3000; round++) {
    const id = `wf_${next(60)}`;
    const claim = next(2) === 0 ? undefined : { expiresAt: next(100) };
    const role = [...ROLES, undefined][next(3)];
    const awaiting = next(5) === 0 ? {} : undefined;
    const one = { id, role, claim, awaiting, notBefore: next(100), deadline: next(100) };
    all.set(id, one as unknown as WorkflowSnapshot);
    due.put(one as unknown as WorkflowSnapshot);
    // Clocks of several servers: time does not only grow.
    const now = next(100);
    const limit = 1 + next(20);
    const known = [...all.values()];
    const wanted = ROLES[next(2)] as string;
    const claimable = known
      .filter((w) => w.role === wanted && w.notBefore <= now && isFree(w, now))
      .sort((a, b) => a.notBefore - b.notBefore || byCodePoint(a.id, b.id))
      .slice(0, limit);
    expect(due.claimable(wanted, now, limit)).toEqual(claimable);
    const overdue = known
      .filter((w) => w.role !== undefined && w.awaiting === undefined && w.deadline <= now)
      .filter((w) => isFree(w, now))
      .sort((a, b) => a.deadline - b.deadline || byCodePoint(a.id, b.id))
      .slice(0, limit);
    expect(due.overdue(now, limit)).toEqual(overdue);
  }
});
