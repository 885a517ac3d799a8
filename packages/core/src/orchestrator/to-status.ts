import { allowanceFor, RAISE_A_CAP } from '../machine/allowance.ts';
import { deadlineAt, isOverdue, whatFor } from '../machine/waiting.ts';
import { ERROR_STATE, type WorkflowDefinition } from '../model/definition.ts';
import type { Question } from '../model/outcome.ts';
import type { ExpectedNext, WorkflowStatus } from '../model/views.ts';
import type { WorkflowSnapshot } from '../model/workflow.ts';

/**
 * A workflow as `status` and `list` show it.
 *
 * @param definition absent in a process that does not have it: then what follows is not known.
 */
export function toStatus(
  definition: WorkflowDefinition | undefined,
  snapshot: WorkflowSnapshot,
  now: number,
): WorkflowStatus {
  const { claim, failure, state } = snapshot;
  const reached = failure?.state ?? state;
  return {
    workflowId: snapshot.id,
    buildId: snapshot.buildId,
    projectId: snapshot.projectId,
    userId: snapshot.userId,
    definition: snapshot.definition,
    state,
    role: snapshot.role,
    progressPercent: definition?.progress[reached] ?? 0,
    completedPhases: Object.keys(snapshot.outputs),
    handoffs: snapshot.handoffs,
    elapsedMs: Math.max(0, (snapshot.completedAt ?? now) - snapshot.createdAt),
    expectedNext: expectedNext(definition, snapshot, now),
    revision: snapshot.revision,
    epoch: snapshot.epoch,
    sequence: snapshot.sequence,
    retries: snapshot.retries,
    maxRetries: snapshot.limits.maxRetries,
    priority: snapshot.priority ?? 0,
    attempt: snapshot.attempt,
    claim:
      claim === undefined
        ? undefined
        : { worker: claim.worker, claimedAt: claim.claimedAt, expiresAt: claim.expiresAt },
    failure,
    awaiting: snapshot.awaiting,
    questions: snapshot.questions,
    usage: snapshot.usage,
    budgets: snapshot.limits.budgets,
    checkpoint: snapshot.checkpoint,
    createdAt: snapshot.createdAt,
    updatedAt: snapshot.updatedAt,
    deadline: deadlineAt(snapshot, now),
    completedAt: snapshot.completedAt,
  };
}

function expectedNext(
  definition: WorkflowDefinition | undefined,
  snapshot: WorkflowSnapshot,
  now: number,
): ExpectedNext {
  const { state, role } = snapshot;
  if (definition === undefined) {
    const { name, version } = snapshot.definition;
    const description = `not known here: this process does not have definition '${name}@${version}'`;
    return { states: [], role, description };
  }
  const states = definition.forward[state] ?? [];
  return { states, role, description: describe(definition, snapshot, now) };
}

function describe(definition: WorkflowDefinition, snapshot: WorkflowSnapshot, now: number): string {
  const { state, role } = snapshot;
  if (isOverdue(snapshot, now)) {
    return "nothing: its time is over, and it goes to 'error' as soon as no worker holds it";
  }
  if (snapshot.awaiting !== undefined) return `it waits for ${whatFor(snapshot)}`;
  if (state === ERROR_STATE) return `a person decides: ${outOfError(snapshot)}`;
  const found = definition.states[state];
  switch (found?.kind) {
    case 'phase': {
      const summary = found.summary === undefined ? '' : ` (${found.summary})`;
      return `${role} performs '${state}'${summary} and advances with its output`;
    }
    case 'handoff':
      return `${role} accepts the handoff by advancing`;
    default:
      return 'nothing: the workflow is complete';
  }
}

/** Only what will not be refused, and what does not stop at once where it stopped before. */
function outOfError(snapshot: WorkflowSnapshot): string {
  const { failure, path, retries, limits } = snapshot;
  const spent =
    failure?.code === 'budget_spent' ||
    (failure && allowanceFor(snapshot, failure.phase, undefined).kind === 'used_up');
  if (spent) return RAISE_A_CAP;
  const rollback = `roll back to one of ${path.map(({ phase }) => phase).join(', ')}`;
  return retries < limits.maxRetries
    ? `request a retry, or ${rollback}`
    : `${rollback}: all ${limits.maxRetries} retries are spent`;
}

/** Characters that a page shows of a text. */
const MOST_CHARACTERS = 1000;
/** Questions that a page shows of a workflow. */
const MOST_QUESTIONS = 10;

/**
 * A workflow as a page shows it: what a status has, but of what people and roles wrote only so much that a
 * page of any workflows can be received. Of questions those that are open, of a failure what happened and not
 * its raw material.
 */
export function toSummary(status: WorkflowStatus): WorkflowStatus {
  const { failure, questions } = status;
  return {
    ...status,
    failure: failure && { ...failure, message: cut(failure.message), details: undefined },
    questions: questions
      .filter(({ answer }) => answer === undefined)
      .slice(0, MOST_QUESTIONS)
      .map(cutQuestion),
  };
}

function cutQuestion(question: Question): Question {
  return {
    ...question,
    text: cut(question.text),
    choices: question.choices.slice(0, MOST_QUESTIONS).map(cut),
  };
}

function cut(text: string): string {
  if (text.length <= MOST_CHARACTERS) return text;
  // Not between the two halves of a character that JavaScript counts twice.
  const isHalf = !text.slice(0, MOST_CHARACTERS).isWellFormed();
  return `${text.slice(0, MOST_CHARACTERS - (isHalf ? 1 : 0))}…`;
}
