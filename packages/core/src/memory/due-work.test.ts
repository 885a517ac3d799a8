import { expect, it } from 'vitest';
import type { WorkflowSnapshot } from '../model/workflow.ts';
import { createDueWork } from './due-work.ts';
import { byCodePoint, byUrgency } from './order.ts';

const ROLES = ['a', 'b'];
const PROJECTS = ['p', 'q', 'r'];

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
    const projectId = PROJECTS[next(3)] as string;
    const one = {
      id,
      role,
      claim,
      projectId,
      priority: next(3),
      awaiting,
      notBefore: next(100),
      deadline: next(100),
    };
    all.set(id, one as unknown as WorkflowSnapshot);
    due.put(one as unknown as WorkflowSnapshot);
    // Clocks of several servers: time does not only grow.
    const now = next(100);
    const limit = 1 + next(20);
    const perProject = 1 + next(5);
    const afterProject = ['', ...PROJECTS][next(4)] as string;
    const known = [...all.values()];
    const wanted = ROLES.slice(next(2));
    const claimable = known
      .filter((w) => wanted.includes(w.role ?? '') && w.notBefore <= now && isFree(w, now))
      .sort(byUrgency);
    const expected = PROJECTS.filter((project) => project > afterProject).flatMap((project) =>
      claimable.filter((w) => w.projectId === project).slice(0, perProject),
    );
    const query = { roles: wanted, now, afterProject, perProject, limit };
    expect(due.claimable(query)).toEqual(expected.slice(0, limit));
    const overdue = known
      .filter((w) => w.role !== undefined && w.awaiting === undefined && w.deadline <= now)
      .filter((w) => isFree(w, now))
      .sort((a, b) => a.deadline - b.deadline || byCodePoint(a.id, b.id))
      .slice(0, limit);
    expect(due.overdue(now, limit)).toEqual(overdue);
  }
});
