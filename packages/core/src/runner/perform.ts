import type { Assignment } from '../model/assignment.ts';
import { BatonError } from '../model/errors.ts';
import { type CheckedOutcome, outcomeSchema } from '../model/outcome.ts';
import type { Checkpoint } from '../model/workflow.ts';
import { validate } from '../orchestrator/validate.ts';
import type { RoleContext } from '../ports/role-adapter.ts';
import { checkpointLabel } from '../ports/workspace.ts';
import { untilAborted } from '../waits.ts';
import {
  type ArtifactKeeper,
  createArtifactKeeper,
  keepEvidence,
  keepPatch,
} from './artifact-keeper.ts';
import type { AttemptRecord } from './attempt-record.ts';
import { addLastWords } from './last-words.ts';
import { persist } from './persist.ts';
import type { ResolvedRunnerOptions } from './runner-options.ts';

export interface Performed {
  readonly outcome: CheckedOutcome;
  /** The workspace as the role left it. */
  readonly checkpoint: Checkpoint | undefined;
}

/** Outcomes whose report names the checkpoint, from which the next worker goes on. */
const HANDS_OVER: ReadonlySet<CheckedOutcome['kind']> = new Set(['advance', 'request_retry']);

/**
 * Lets the role do its work: on the workspace as the assignment says it is, until the deadline.
 *
 * @throws BatonError what the role threw, `deadline_exceeded`, `cancelled`, or `invalid_input` for
 * an outcome of the wrong shape.
 */
export async function perform(
  options: ResolvedRunnerOptions,
  assignment: Assignment,
  context: Pick<RoleContext, 'progress'> & { readonly record: AttemptRecord },
  ending: AbortController,
): Promise<Performed> {
  const { roles, workspaces, telemetry, holdsSecret } = options;
  const { record, progress } = context;
  const { workflowId, state, role, epoch, attempt } = assignment;
  const adapter = roles.find((one) => one.role === role);
  if (adapter === undefined) throw new BatonError('internal', `no adapter for role '${role}'`);
  const { signal } = ending;
  const cancelDeadline = startDeadline(options, assignment, ending);
  const keeper = createArtifactKeeper(options, assignment, record);
  try {
    const use = adapter.judges ? 'judge' : 'author';
    const workspace =
      workspaces &&
      (await persist(
        options,
        workflowId,
        () => workspaces.open(workflowId, assignment.checkpoint, use),
        signal,
      ));
    let performing: Promise<unknown> = Promise.resolve();
    let thrown: unknown;
    let answered: unknown;
    try {
      answered = await untilAborted(() => {
        const answering = adapter.perform(assignment, {
          signal,
          workspace,
          artifact: keeper?.keep,
          telemetry,
          ...record.writer,
          progress,
        });
        performing = answering.catch((reason) => {
          thrown = reason;
        });
        return answering;
      }, signal).finally(keeper && (() => endKeeping(keeper, record, performing)));
    } catch (reason) {
      throw addLastWords(reason, thrown);
    }
    const valid = validate(outcomeSchema, answered, `the outcome of role '${role}'`);
    const outcome = withEvidence(valid, record);
    const checkpoint =
      workspace && (await untilAborted(() => workspace.checkpoint(checkpointLabel(state)), signal));
    if (keeper !== undefined && workspace !== undefined && checkpoint !== undefined) {
      await keepPatch(keeper, workspace, assignment.checkpoint, checkpoint, holdsSecret);
    }
    if (checkpoint !== undefined && HANDS_OVER.has(outcome.kind)) {
      const by = { epoch, attempt, signal };
      // Before the report: the store must not name files that the next worker cannot get.
      await persist(options, workflowId, async () => workspace?.publish?.(checkpoint, by), signal);
    }
    return { outcome, checkpoint };
  } finally {
    cancelDeadline();
  }
}

/** A store of artifacts that does not answer holds the end of an attempt up for no longer than the role's last words. */
function endKeeping(
  keeper: ArtifactKeeper,
  { evidence }: AttemptRecord,
  performing: Promise<unknown>,
): Promise<void> {
  void keepEvidence(keeper, evidence);
  return keeper.settle(performing);
}

/** Aborts the attempt when the assignment's deadline passes, unless it is cancelled before. */
function startDeadline(
  { clock }: ResolvedRunnerOptions,
  { workflowId, state, deadline }: Assignment,
  ending: AbortController,
): () => void {
  return clock.schedule(deadline - clock.now(), () => {
    const message = `workflow ${workflowId} has no time left for '${state}': its timeout, or a cap on its time at work, is used up`;
    ending.abort(new BatonError('deadline_exceeded', message, { retryable: false }));
  });
}

/** The outcome with what was really run as its evidence, in place of what it claims. */
function withEvidence(
  outcome: CheckedOutcome,
  { evidence, writer }: AttemptRecord,
): CheckedOutcome {
  if (outcome.kind !== 'advance') return outcome;
  if (evidence.length === 0 && !Object.hasOwn(outcome.result, 'evidence')) return outcome;
  const { evidence: claimed, ...result } = outcome.result;
  if (claimed !== undefined && evidence.length === 0) {
    const message =
      'the outcome claimed evidence of commands that the runner did not see run: it was dropped';
    writer.note({ code: 'evidence_dropped', message });
  }
  if (evidence.length === 0) return { ...outcome, result };
  return { ...outcome, result: { ...result, evidence: evidence as never } };
}
