import type { Artifact, WorkflowEvent } from '@baton/core/api';
import { number, text } from '../../../components/json-fields.ts';

/** The name under which a runner keeps what an attempt changed. */
const DIFF = 'changes.diff';

/** What an attempt and its artifacts have in common. */
export type Performed = Pick<Artifact, 'state' | 'epoch' | 'attempt'>;

/** One performance of a phase, as far as its files go. */
export interface Attempt<From> {
  readonly sequence: number;
  readonly at: number;
  readonly state: string;
  readonly role: string;
  readonly epoch: number;
  readonly attempt: number;
  readonly worker: string;
  /** The checkpoint that it began with. */
  readonly from: From;
  /** Why its diff was lost. */
  notKept: string | undefined;
  hasEnded: boolean;
}

export function attemptOf<From>(
  { sequence, at, data, epoch, triggeredBy }: WorkflowEvent,
  from: From,
): Attempt<From> {
  return {
    ...{ sequence, at, epoch, worker: triggeredBy, from, notKept: undefined, hasEnded: false },
    state: text(data, 'state') ?? '',
    role: text(data, 'role') ?? '',
    attempt: number(data, 'attempt') ?? 1,
  };
}

/** The note that the diff of an attempt was lost. */
export function failureIn({ data }: WorkflowEvent): string | undefined {
  const message = text(data, 'message') ?? '';
  const isOfDiff = text(data, 'code') === 'artifact_not_kept' && message.startsWith(`'${DIFF}'`);
  return isOfDiff ? message : undefined;
}

function isOf({ state, epoch, attempt }: Performed, by: Performed): boolean {
  return state === by.state && epoch === by.epoch && attempt === by.attempt;
}

/** What a runner kept as the whole change of an attempt. */
export function diffsOf(by: Performed, artifacts: readonly Artifact[]): readonly Artifact[] {
  return artifacts.filter(
    (one) =>
      one.kind === 'diff' && one.name === DIFF && one.treeDigest !== undefined && isOf(one, by),
  );
}

/** Those that have kept an artifact of the build. */
export function workersThatKeep(
  events: readonly WorkflowEvent[],
  artifacts: readonly Artifact[],
): ReadonlySet<string> {
  const keyOf = (state: string, epoch: number, attempt: number) => `${state} ${epoch} ${attempt}`;
  const kept = new Set(artifacts.map((one) => keyOf(one.state, one.epoch, one.attempt)));
  const claims = events.filter(({ type }) => type === 'assignment_claimed');
  const keeping = claims.filter(({ data, epoch }) =>
    kept.has(keyOf(text(data, 'state') ?? '', epoch, number(data, 'attempt') ?? 1)),
  );
  return new Set(keeping.map(({ triggeredBy }) => triggeredBy));
}
