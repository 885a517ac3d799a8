import type { Assignment } from '../model/assignment.ts';
import { BatonError } from '../model/errors.ts';
import { type Note, noteSchema } from '../model/note.ts';
import { type Outcome, outcomeSchema } from '../model/outcome.ts';
import { addUsage, type Usage, usageSchema } from '../model/usage.ts';
import type { Checkpoint } from '../model/workflow.ts';
import { validate } from '../orchestrator/validate.ts';
import type { ResolvedRunnerOptions } from './runner-options.ts';

export interface Performed {
  readonly outcome: Outcome;
  /** The workspace as the role left it. */
  readonly checkpoint: Checkpoint | undefined;
}

/** What an attempt used and noted so far, whatever comes of it. */
export interface Account {
  usage: Usage;
  readonly notes: Note[];
}

/**
 * Lets the role do its work: on the workspace as the assignment says it is, until the deadline.
 *
 * @throws BatonError what the role threw, `deadline_exceeded`, `cancelled`, or `invalid_input` for
 * an outcome of the wrong shape.
 */
export async function perform(
  { roles, workspaces, clock, onReport }: ResolvedRunnerOptions,
  assignment: Assignment,
  signal: AbortSignal,
  account: Account,
): Promise<Performed> {
  const { workflowId, state, role, deadline } = assignment;
  const adapter = roles.find((one) => one.role === role);
  if (adapter === undefined) throw new BatonError('internal', `no adapter for role '${role}'`);
  const timer = new AbortController();
  const late = new AbortController();
  void clock.sleep(deadline - clock.now(), timer.signal).then(() => {
    const message = `the deadline of workflow ${workflowId} passed during '${state}'`;
    if (!timer.signal.aborted)
      late.abort(new BatonError('deadline_exceeded', message, { retryable: false }));
  });
  const ending = AbortSignal.any([signal, late.signal]);
  try {
    const workspace = await workspaces?.open(workflowId, assignment.checkpoint);
    const answered = await untilAborted(
      adapter.perform(assignment, {
        signal: ending,
        ...(workspace !== undefined && { workspace }),
        progress: (message) => onReport({ kind: 'progress', assignment, message }),
        usage: (used) => {
          account.usage = addUsage(account.usage, validate(usageSchema, used, 'the usage'));
        },
        note: (note) => {
          account.notes.push(validate(noteSchema, note, 'the note'));
        },
      }),
      ending,
    );
    const outcome = validate(outcomeSchema, answered, `the outcome of role '${role}'`);
    return { outcome, checkpoint: await workspace?.checkpoint(`after ${state}`) };
  } finally {
    timer.abort();
  }
}

/** A role that does not listen to its signal is not waited for. */
function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(BatonError.from(signal.reason));
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
