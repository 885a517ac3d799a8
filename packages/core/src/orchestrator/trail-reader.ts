import { BatonError } from '../model/errors.ts';
import { lostRecords, refuseGaps, type WorkflowEvent } from '../model/trail.ts';
import type { WorkflowSnapshot } from '../model/workflow.ts';
import type { OrchestratorContext } from './context.ts';
import { load } from './load.ts';

/*
 * Reads the audit trail of one workflow on. A store that lost its last commits in a failover may have
 * fewer events than a watcher has seen, or others under the same numbers. So:
 * 1. The last event that was delivered is read again with those behind it, and must be the same one.
 * 2. Numbers follow one another.
 * 3. What the store had when the reader began is there.
 */

/** Events read at a time, at most. */
export const MAX_PAGE = 100;

export interface TrailReader {
  /** The number of the last event that was delivered. */
  readonly after: number;
  /**
   * The events behind it; `isLast` when there were no more.
   *
   * @param page how many to read at most.
   * @throws BatonError `data_loss` when an event is gone; `invalid_input` to begin behind one that is not there.
   */
  read(
    page: number,
  ): Promise<{ readonly events: readonly WorkflowEvent[]; readonly isLast: boolean }>;
  /** Says that `event` was delivered: reading goes on behind it. */
  delivered(event: WorkflowEvent): void;
}

/**
 * @param snapshot of the workflow, just loaded.
 * @param after the number to begin behind; 0 for all.
 */
export function createTrailReader(
  context: OrchestratorContext,
  { id: workflowId, sequence: written }: WorkflowSnapshot,
  after: number,
): TrailReader {
  let last: string | undefined;
  let position = after;
  return {
    get after() {
      return position;
    },
    async read(page) {
      const again = position === 0 ? 0 : 1;
      const query = { workflowId, after: position - again, limit: page + again };
      const found = await context.store.readEvents(query);
      const [first] = found;
      if (again === 1 && first?.sequence !== position) throw await goneBack();
      if (last !== undefined && first !== undefined && last !== faceOf(first)) {
        const problem = `event ${position} is not the one that was read before under this number`;
        throw lostRecords(workflowId, `${problem}${ADVICE}`);
      }
      const numbers = found.map(({ sequence }) => sequence);
      refuseGaps(workflowId, 'events', query.after, numbers);
      const events = found.slice(again);
      const isLast = events.length < page;
      const end = position + events.length;
      if (isLast && end < written) {
        throw lostRecords(workflowId, `found ${end} events, expected ${written}`);
      }
      return { events, isLast };
    },
    delivered(event) {
      position = event.sequence;
      last = faceOf(event);
    },
  };

  async function goneBack(): Promise<BatonError> {
    const { sequence } = (await load(context, workflowId)).snapshot;
    const problem = `there is no event ${position}, after which to read on, among ${sequence} events`;
    // Only the caller says that there ever was one.
    if (last === undefined && position > written) {
      const description = `${problem}: either there never was, or ${FORGOTTEN}`;
      return new BatonError('invalid_input', `workflow ${workflowId}: ${description}`, {
        violations: [{ field: 'afterSequence', description }],
      });
    }
    return lostRecords(workflowId, `${problem}${ADVICE}`);
  }
}

const FORGOTTEN = 'the store has lost what it had (a failover, an older copy). Read from the start';
const ADVICE = `: ${FORGOTTEN}`;

/** What tells it from another event of the same number, in a few characters: a watcher may be slow. */
function faceOf({ type, triggeredBy, at, revision, epoch }: WorkflowEvent): string {
  return [type, triggeredBy, at, revision, epoch].join(' ');
}
