import { randomBytes } from 'node:crypto';
import type { Change } from '../machine/command.ts';
import { statsDelta } from '../model/stats.ts';
import type { WorkflowSnapshot } from '../model/workflow.ts';
import type { Commit, StoredReply } from '../ports/workflow-store.ts';

/** Random for each process, then counted: no two commits have the same name. */
const origin = randomBytes(12).toString('base64url');
let commits = 0;

/** A change as a store writes it. `before` is absent for a workflow that begins with it. */
export function toCommit(
  before: WorkflowSnapshot | undefined,
  { snapshot, handoffs, events, claimExpiredBy }: Change,
  reply: StoredReply | undefined,
): Commit {
  const stats = statsDelta(before, snapshot);
  return {
    snapshot: { ...snapshot, commitId: `${origin}${(commits++).toString(36)}` },
    follows: before?.commitId,
    handoffs,
    events,
    changedOutputs: changedOutputs(before?.outputs ?? {}, snapshot.outputs),
    reply,
    stats,
    claimExpiredBy,
  };
}

/** Outputs are immutable: an output that is the same object has not changed. */
function changedOutputs(
  before: WorkflowSnapshot['outputs'],
  after: WorkflowSnapshot['outputs'],
): readonly string[] {
  if (before === after) return [];
  const phases = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...phases].filter((phase) => before[phase] !== after[phase]);
}
