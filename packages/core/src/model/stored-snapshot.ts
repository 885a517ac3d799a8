import type { WorkflowSnapshot } from './workflow.ts';

type OptionalKey =
  | 'rules'
  | 'role'
  | 'commitId'
  | 'checkpoint'
  | 'feedback'
  | 'failure'
  | 'awaiting'
  | 'claim'
  | 'lostAttempts'
  | 'completedAt'
  | 'seal';

/** A snapshot as JSON brings it back: keys without a value are missing. */
export type StoredSnapshot = Omit<WorkflowSnapshot, OptionalKey> &
  Partial<Pick<WorkflowSnapshot, OptionalKey>>;

type Kind = 'string' | 'number' | 'object' | 'array';

/** What a record of a workflow must have, whoever has written it. */
const KINDS: Partial<Record<keyof StoredSnapshot, Kind>> = {
  id: 'string',
  buildId: 'string',
  projectId: 'string',
  userId: 'string',
  definition: 'object',
  state: 'string',
  revision: 'number',
  epoch: 'number',
  sequence: 'number',
  handoffs: 'number',
  retries: 'number',
  attempt: 'number',
  notBefore: 'number',
  requirements: 'object',
  metadata: 'object',
  limits: 'object',
  path: 'array',
  outputs: 'object',
  questions: 'array',
  questionsAsked: 'number',
  usage: 'object',
  performers: 'object',
  createdAt: 'number',
  updatedAt: 'number',
  enteredAt: 'number',
  deadline: 'number',
};

/** `stored` with every key in its place. @throws TypeError for JSON of another shape, naming the key. */
export function completeSnapshot(stored: StoredSnapshot): WorkflowSnapshot {
  for (const [key, kind] of Object.entries(KINDS)) {
    const found = kindOf(stored[key as keyof StoredSnapshot]);
    if (found !== kind) throw new TypeError(`${key}: expected ${kind}, found ${found}`);
  }
  return {
    id: stored.id,
    buildId: stored.buildId,
    projectId: stored.projectId,
    userId: stored.userId,
    definition: stored.definition,
    rules: stored.rules,
    state: stored.state,
    role: stored.role,
    revision: stored.revision,
    commitId: stored.commitId,
    epoch: stored.epoch,
    sequence: stored.sequence,
    handoffs: stored.handoffs,
    retries: stored.retries,
    attempt: stored.attempt,
    notBefore: stored.notBefore,
    requirements: stored.requirements,
    metadata: stored.metadata,
    limits: { ...stored.limits, budgets: stored.limits.budgets },
    path: stored.path.map((entry) => ({
      ...entry,
      checkpoint: entry.checkpoint,
      performers: entry.performers,
    })),
    outputs: stored.outputs,
    checkpoint: stored.checkpoint,
    feedback: stored.feedback && { ...stored.feedback, details: stored.feedback.details },
    failure: stored.failure && { ...stored.failure, details: stored.failure.details },
    questions: stored.questions.map((question) => ({ ...question, answer: question.answer })),
    questionsAsked: stored.questionsAsked,
    awaiting: stored.awaiting,
    usage: stored.usage,
    performers: stored.performers,
    claim: stored.claim && {
      ...stored.claim,
      reserved: stored.claim.reserved,
      endsAt: stored.claim.endsAt,
    },
    lostAttempts: stored.lostAttempts?.map((one) => ({ ...one, reserved: one.reserved })),
    createdAt: stored.createdAt,
    updatedAt: stored.updatedAt,
    enteredAt: stored.enteredAt,
    deadline: stored.deadline,
    completedAt: stored.completedAt,
    seal: stored.seal,
  };
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}
