import { createHash } from 'node:crypto';
import type { Assignment, JsonObject, JsonValue, RoleContext } from '@baton/core';
import { canonicalJson } from '@baton/core/internal';

/** The part of an assignment that decides what a role is asked, the same in every run of a build. */
export interface AssignmentView {
  readonly definition: { readonly name: string; readonly version: number };
  readonly state: string;
  readonly role: string;
  readonly requirements: JsonObject;
  /** Outputs of the phases before, without what was measured. */
  readonly inputs: JsonObject;
  readonly feedback: {
    readonly reason: string;
    readonly fromState: string;
    readonly fromRole: string;
  } | null;
  /** Earlier questions with their answers; absent when there are none. */
  readonly answers?: readonly { readonly question: string; readonly answer: string }[];
  /** Digest of the workspace at entry; null where there is none. */
  readonly workspace: string | null;
}

/** Members that differ between equal runs because each run measures them. */
const MEASURED: ReadonlySet<string> = new Set(['evidence', 'durationMs', 'measured']);

/**
 * The input of {@link assignmentFingerprint}. It leaves out what differs from run to run (ids, epoch,
 * attempt, deadline, times, feedback details, who answered), what the definition's name and version stand for
 * (instructions, output schema, gates: a reworded prompt keeps its cassettes), and metadata, which only
 * labels a build. Put what steers the work into the requirements.
 */
export async function assignmentView(
  assignment: Assignment,
  { workspace }: Pick<RoleContext, 'workspace'>,
): Promise<AssignmentView> {
  const { definition, state, role, requirements, inputs, feedback, answers, checkpoint } =
    assignment;
  return {
    definition: { name: definition.name, version: definition.version },
    state,
    role,
    requirements,
    inputs: withoutMeasured(inputs) as JsonObject,
    feedback: feedback
      ? {
          reason: feedback.reason,
          fromState: feedback.fromState,
          fromRole: feedback.fromRole,
        }
      : null,
    ...(answers.length > 0 && {
      answers: answers.map(({ question, answer }) => ({ question, answer })),
    }),
    workspace: checkpoint?.digest ?? (await workspace?.digest()) ?? null,
  };
}

/** SHA-256, in hex, of the view as canonical JSON. Equal tasks on equal files have equal fingerprints. */
export function assignmentFingerprint(view: AssignmentView): string {
  return createHash('sha256').update(canonicalJson(view)).digest('hex');
}

function withoutMeasured(value: JsonValue): JsonValue {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(withoutMeasured);
  const kept = Object.entries(value).filter(([key]) => !MEASURED.has(key));
  return Object.fromEntries(kept.map(([key, member]) => [key, withoutMeasured(member)]));
}
