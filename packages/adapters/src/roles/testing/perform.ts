import { createHash } from 'node:crypto';
import type {
  Assignment,
  Evidence,
  Note,
  Outcome,
  RoleAdapter,
  RoleArtifact,
  RoleContext,
  Usage,
  Workspace,
} from '@baton/core';

/** An assignment of the `build` definition with the given changes. */
export function assignmentOf(changes: Partial<Assignment> = {}): Assignment {
  return {
    workflowId: 'workflow-1',
    buildId: 'build-1',
    projectId: 'project-1',
    userId: 'user-1',
    definition: { name: 'build', version: 1 },
    state: 'implementation',
    role: 'code_writer',
    epoch: 1,
    attempt: 1,
    instructions: 'You write the code.',
    requirements: { request: 'Build me a dark mode feature' },
    metadata: {},
    inputs: {},
    feedback: undefined,
    answers: [],
    allowance: undefined,
    outputSchema: {},
    gates: {},
    checkpoint: undefined,
    deadline: 4_000_000_000_000,
    ...changes,
  };
}

/** What was handed over to be kept. */
interface KeptArtifact extends RoleArtifact {
  readonly content: string | Uint8Array;
}

export interface TestContext extends RoleContext {
  readonly kept: readonly KeptArtifact[];
  /** What was reported as progress. */
  readonly heard: readonly string[];
  /** Counted usage. */
  readonly used: readonly Usage[];
  /** Notes for the audit trail. */
  readonly noted: readonly Note[];
  /** Evidence of what really ran. */
  readonly ran: readonly Evidence[];
}

export function contextOf(workspace?: Workspace, signal?: AbortSignal): TestContext {
  const heard: string[] = [];
  const used: Usage[] = [];
  const noted: Note[] = [];
  const ran: Evidence[] = [];
  const kept: KeptArtifact[] = [];
  return {
    kept,
    artifact: async (given, content) => {
      kept.push({ ...given, content });
      const digest = createHash('sha256').update(content).digest('hex');
      return { digest, size: content.length, truncated: false };
    },
    heard,
    used,
    noted,
    ran,
    signal: signal ?? new AbortController().signal,
    progress: (message) => heard.push(message),
    usage: (one) => used.push(one),
    note: (one) => noted.push(one),
    evidence: (one) => ran.push(one),
    ...(workspace !== undefined && { workspace }),
  };
}

/** A role with scripted behaviour that counts how often it was asked. */
export function roleOf(
  role: string,
  perform: (assignment: Assignment, context: RoleContext) => Outcome | Promise<Outcome>,
): RoleAdapter & { readonly asked: readonly Assignment[] } {
  const asked: Assignment[] = [];
  return {
    role,
    asked,
    async perform(assignment, context) {
      asked.push(assignment);
      return perform(assignment, context);
    },
  };
}
