import { MAX_ARTIFACT_NAME } from '../model/artifact.ts';
import type { Assignment } from '../model/assignment.ts';
import { BatonError } from '../model/errors.ts';
import type { Evidence } from '../model/evidence.ts';
import type { Checkpoint } from '../model/workflow.ts';
import type { RoleContext } from '../ports/role-adapter.ts';
import type { Workspace } from '../ports/workspace.ts';
import type { AttemptRecord } from './attempt-record.ts';
import type { ResolvedRunnerOptions } from './runner-options.ts';

/** Keeps the artifacts of one attempt. It never rejects: what could not be kept is noted. */
export interface ArtifactKeeper {
  readonly keep: NonNullable<RoleContext['artifact']>;
  /** Waits, though not for long, until `performing` has ended and all that it had to keep is kept. */
  settle(performing: Promise<unknown>): Promise<void>;
  /** Notes that something could not be kept. */
  failed(name: string, reason: unknown): void;
}

/** Milliseconds for one artifact to be kept. */
const WRITE_MS = 30_000;
/** Milliseconds for a role to say its last after its attempt has ended. */
const SETTLE_MS = 2000;

/** Undefined where nothing is kept. What the attempt does not build on is superseded from here on. */
export function createArtifactKeeper(
  { artifacts, clock, errorOf }: ResolvedRunnerOptions,
  assignment: Assignment,
  { writer }: AttemptRecord,
): ArtifactKeeper | undefined {
  if (artifacts === undefined) return undefined;
  const { workflowId, projectId, state, role, epoch, attempt } = assignment;
  const underWay = new Set<Promise<unknown>>();

  /** What `work` comes to, or undefined when it fails or takes too long. */
  function tried<T>(name: string, work: () => Promise<T>): Promise<T | undefined> {
    const answered = new AbortController();
    const late = clock.sleep(WRITE_MS, answered.signal).then(() => {
      if (answered.signal.aborted) return undefined;
      throw new BatonError('unavailable', `the store did not answer within ${WRITE_MS} ms`);
    });
    const trying = Promise.race([Promise.resolve().then(work), late])
      .catch((reason) => failed(name, reason))
      .finally(() => {
        answered.abort();
        underWay.delete(trying);
      });
    underWay.add(trying);
    return trying;
  }

  function failed(name: string, reason: unknown): undefined {
    const { message } = errorOf(reason);
    writer.note({ code: 'artifact_not_kept', message: `'${name}' was not kept: ${message}` });
    return undefined;
  }

  const accepted = Object.keys(assignment.inputs);
  void tried('what is superseded', () =>
    artifacts.supersede(workflowId, { state, epoch, attempt, accepted }),
  );

  return {
    failed,
    keep: (given, content) => {
      const { kind, mediaType = 'text/plain', treeDigest } = given;
      const name = plainName(String(given.name)) || kind;
      return tried(name, async () => {
        const { digest, size, truncated } = await artifacts.write(
          {
            ...{ workflowId, projectId, state, role, epoch, attempt, kind, name, mediaType },
            ...(treeDigest !== undefined && { treeDigest }),
            createdAt: clock.now(),
          },
          typeof content === 'string' ? Buffer.from(content) : content,
        );
        return { digest, size, truncated };
      });
    },
    async settle(performing) {
      const settled = new AbortController();
      const all = performing.catch(() => undefined).then(() => Promise.all(underWay));
      await Promise.race([all, clock.sleep(SETTLE_MS, settled.signal)]);
      settled.abort();
    },
  };
}

/**
 * Keeps what a phase changed, as its checkpoint has it. Without a diff and without a note, nothing has changed.
 *
 * @param before the checkpoint that the phase began with; undefined: the build has none yet.
 */
export async function keepPatch(
  keeper: ArtifactKeeper,
  workspace: Workspace,
  before: Checkpoint | undefined,
  { digest }: Checkpoint,
  holdsSecret: (text: string) => boolean,
): Promise<void> {
  const name = 'changes.diff';
  try {
    if (before?.digest === digest) return;
    if (workspace.patch === undefined) {
      throw new BatonError('wrong_state', 'the workspace makes no patches');
    }
    const patch = await workspace.patch(holdsSecret);
    if (patch === '') return;
    await keeper.keep({ kind: 'diff', name, mediaType: 'text/x-diff', treeDigest: digest }, patch);
  } catch (reason) {
    keeper.failed(name, reason);
  }
}

/** What {@link keepEvidence} keeps it as; the console knows it by that. */
const EVIDENCE_NAME = 'evidence.json';

/**
 * Keeps what was really run in an attempt, whatever came of it: an output carries it only where the work goes on, and
 * a run that failed is the one to look at.
 */
export async function keepEvidence(
  keeper: ArtifactKeeper,
  evidence: readonly Evidence[],
): Promise<void> {
  if (evidence.length === 0) return;
  const treeDigest = evidence.at(-1)?.workspaceDigest;
  await keeper.keep(
    {
      ...{ kind: 'report', name: EVIDENCE_NAME, mediaType: 'application/json' },
      ...(treeDigest !== undefined && { treeDigest }),
    },
    `${JSON.stringify(evidence, undefined, 2)}\n`,
  );
}

/** A name as a store takes it. */
function plainName(name: string): string {
  const plain = name.replace(/[\p{Cc}/\\]+/gu, '-');
  const cut = plain.toWellFormed().slice(0, MAX_ARTIFACT_NAME).toWellFormed();
  return /^\.{1,2}$/.test(cut) ? '' : cut;
}
