import type { Artifact, WorkflowEvent } from '@baton/core/api';
import { title } from '../../../components/format.ts';
import { object, text } from '../../../components/json-fields.ts';
import {
  type Attempt,
  attemptOf,
  diffsOf,
  failureIn,
  type Performed,
  workersThatKeep,
} from './attempts.ts';
import { diffLink, type Link, linkOf } from './links.ts';

/*
 * The checkpoints of a build, each with the one that its attempt began with and the diff between the two, from the
 * audit trail.
 *
 * 1. An attempt begins with the current checkpoint. One that hands over makes the next current one; a retry keeps it; a
 *    rollback goes back to the one with which its phase was entered.
 * 2. A diff is a link only where it is known to be that of the runner, whole, and to lead to the checkpoint's tree.
 * 3. Where none was kept, two checkpoints are the same only if that is known: by their digests, or because the worker
 *    kept artifacts and noted no failure. Everything else is a gap, with its reason.
 */

export interface Checkpoint {
  /** `start`, the number of the event that recorded it, or `artifact-` and the number of the diff that led to it. */
  readonly key: string;
  readonly name: string;
  readonly at: number;
  /** Of its tree; undefined: not known, which only the tree is that the build began with. */
  readonly digest: string | undefined;
  /** Why the build does not rest on it; undefined: it does. */
  readonly left: 'withdrawn' | 'not handed over' | undefined;
  /** The key of the one that its attempt began with. */
  readonly parent: string | undefined;
  readonly link: Link;
}

export interface Checkpoints {
  /** As they were made; the first one is what the build began with. */
  readonly all: readonly Checkpoint[];
  /** The newest that stands. */
  readonly current: Checkpoint;
}

export const START = 'start';

/** Whether there is more than one tree, as far as is known. */
export function hasChanges({ all }: Checkpoints): boolean {
  return all.some(({ link }) => link.kind !== 'same');
}

/** The newest checkpoint of a tree; the newest that stands, where the build has none. Undefined: not recorded yet. */
export function standingAt(
  { all, current }: Checkpoints,
  tree: string | undefined,
): Checkpoint | undefined {
  if (tree === undefined) return current;
  const ofTree = all.filter(({ digest }) => digest === tree);
  return ofTree.findLast(({ left }) => left === undefined) ?? ofTree.at(-1);
}

type Draft = { -readonly [K in keyof Checkpoint]: Checkpoint[K] } & { readonly order: number };

export function checkpointsOf(
  events: readonly WorkflowEvent[],
  artifacts: readonly Artifact[],
): Checkpoints {
  const start: Draft = {
    ...{ key: START, name: 'Start', at: events[0]?.at ?? 0, digest: undefined, order: 0 },
    ...{ left: undefined, parent: undefined, link: { kind: 'same' } },
  };
  const all = [start];
  const attempts: Attempt<Draft>[] = [];
  const keeping = workersThatKeep(events, artifacts);
  let current = start;
  let open: Attempt<Draft> | undefined;
  let path: readonly { readonly state: string; readonly entry: Draft }[] = [];
  /** Of the event that has moved the work back: the second hop by way of `error` says the same again. */
  let wentBackAt = 0;

  const end = (): Attempt<Draft> | undefined => {
    const ended = open;
    if (ended !== undefined) ended.hasEnded = true;
    open = undefined;
    return ended;
  };
  const enter = (state: string) => {
    path = [...path, { state, entry: current }];
  };
  /** Where an attempt ended, with its tree if it handed one over. */
  const record = (event: WorkflowEvent) => {
    const by = end();
    const digest = digestIn(event, by, artifacts);
    if (digest === undefined) return;
    const link = linkOf(by, current, digest, { artifacts, keeping });
    if (link.kind === 'same') current.digest ??= digest;
    const of = by ?? { state: stateOf(event), epoch: event.epoch, attempt: 1 };
    current = {
      ...{ key: String(event.sequence), name: nameOf('After', of), at: event.at, digest },
      ...{ left: undefined, parent: current.key, link, order: event.sequence },
    };
    all.push(current);
  };
  const goBack = (event: WorkflowEvent, isRollback: boolean) => {
    const target = text(event.data, 'target') ?? text(event.data, 'to') ?? '';
    const place = path.findLastIndex(({ state }) => state === target);
    const entry = path[place]?.entry;
    if (isRollback && entry !== undefined) {
      current = entry;
      const standing = new Set(lineOf(entry, all));
      for (const one of all) if (!standing.has(one)) one.left ??= 'withdrawn';
    }
    path = place === -1 ? path : path.slice(0, place);
    enter(target);
    wentBackAt = event.revision;
  };

  for (const event of events) {
    const { type, data } = event;
    switch (type) {
      case 'workflow_started':
        enter(text(data, 'to') ?? '');
        break;
      case 'assignment_claimed':
        end();
        open = attemptOf(event, current);
        attempts.push(open);
        break;
      case 'noted':
        if (open !== undefined) open.notKept ??= failureIn(event);
        break;
      case 'attempt_failed':
      case 'attempt_lost':
      case 'question_asked':
        end();
        break;
      case 'approval_requested':
      case 'workflow_failed':
        record(event);
        break;
      case 'state_advanced':
        record(event);
        enter(text(data, 'to') ?? '');
        break;
      case 'retry_requested':
        record(event);
        goBack(event, false);
        break;
      case 'rollback_requested':
        end();
        goBack(event, true);
        break;
      case 'workflow_recovered':
        // A rollback says what it withdraws, a retry does not.
        if (event.revision !== wentBackAt) goBack(event, 'withdrawn' in data);
        break;
    }
  }
  all.push(...notHandedOver(attempts, artifacts, all));
  all.sort((one, other) => one.order - other.order);
  return { all, current };
}

function stateOf({ data }: WorkflowEvent): string {
  return text(data, 'state') ?? text(data, 'from') ?? '';
}

function nameOf(place: string, { state, epoch, attempt }: Performed): string {
  const again = attempt > 1 ? `, attempt ${attempt}` : '';
  return `${place} ${title(state).toLowerCase()}, epoch ${epoch}${again}`;
}

/** The digest of the tree that an attempt handed over. Older trails do not name it where work was sent back. */
function digestIn(
  { type, data, triggeredBy }: WorkflowEvent,
  by: Attempt<Draft> | undefined,
  artifacts: readonly Artifact[],
): string | undefined {
  const checkpoint = object(data, 'checkpoint');
  if (checkpoint !== undefined) return text(checkpoint, 'digest');
  if (type !== 'retry_requested' || by?.role !== triggeredBy) return undefined;
  return diffsOf(by, artifacts).at(-1)?.treeDigest;
}

/** A checkpoint and those that it was made from. */
function lineOf(from: Draft, all: readonly Draft[]): readonly Draft[] {
  const byKey = new Map(all.map((one) => [one.key, one]));
  const line: Draft[] = [];
  for (let one: Draft | undefined = from; one !== undefined; one = byKey.get(one.parent ?? '')) {
    line.push(one);
  }
  return line;
}

/** Trees of attempts that failed, asked or lost their claim after they had changed files. */
function notHandedOver(
  attempts: readonly Attempt<Draft>[],
  artifacts: readonly Artifact[],
  recorded: readonly Checkpoint[],
): readonly Draft[] {
  const isRecorded = (tree: string | undefined, from: string) =>
    recorded.some(({ digest, parent }) => digest === tree && parent === from);
  const used = new Set<number>();
  return attempts
    .filter(({ hasEnded }) => hasEnded)
    .flatMap((by) =>
      diffsOf(by, artifacts).flatMap((artifact): readonly Draft[] => {
        if (used.has(artifact.number) || isRecorded(artifact.treeDigest, by.from.key)) return [];
        used.add(artifact.number);
        return [
          {
            ...{ key: `artifact-${artifact.number}`, name: nameOf('Left by', by) },
            ...{ at: artifact.createdAt, digest: artifact.treeDigest, order: by.sequence },
            ...{ left: 'not handed over', parent: by.from.key, link: diffLink(artifact) },
          },
        ];
      }),
    );
}
