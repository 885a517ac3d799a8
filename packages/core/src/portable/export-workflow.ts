import { createHash } from 'node:crypto';
import { NO_REPORT, settle } from '../machine/settle.ts';
import { canonicalJson } from '../model/canonical-json.ts';
import { BatonError } from '../model/errors.ts';
import type { WorkflowSnapshot } from '../model/workflow.ts';
import type { WorkflowStore } from '../ports/workflow-store.ts';
import { FORMAT, FORMAT_VERSION } from './file-lines.ts';
import { readNumbered, readReplies } from './read-pages.ts';

/** Options of {@link exportWorkflow}. */
export interface ExportOptions {
  /**
   * Whether to export while a claim lasts. The copy lacks the claim: its holder can
   * report the outcome here only. Default false.
   */
  readonly force?: boolean | undefined;
  /** Milliseconds since the Unix epoch. Default: the system's clock. */
  readonly now?: number | undefined;
}

/**
 * A whole workflow as the lines of a file, each with its end. It is read page by page; a workflow
 * that changes meanwhile ends the lines with an error, without the closing line that makes a file
 * whole. Its workspace is not part of it.
 *
 * @throws BatonError `not_found`; `wrong_state` for a claimed workflow; `stale_revision` (retryable)
 *   when it changed meanwhile; `data_loss`; `unavailable`.
 */
export async function* exportWorkflow(
  store: WorkflowStore,
  workflowId: string,
  { force = false, now = Date.now() }: ExportOptions = {},
): AsyncGenerator<string, void, undefined> {
  const snapshot = await load(store, workflowId);
  const { claim, revision } = snapshot;
  if (claim !== undefined && claim.expiresAt > now && !force) {
    const until = new Date(claim.expiresAt).toISOString();
    throw new BatonError(
      'wrong_state',
      `workflow ${workflowId} is claimed by '${claim.worker}' until ${until}: export it when the work is done, or force it (the copy then goes without the claim)`,
    );
  }
  const hash = createHash('sha256');
  const counts = { handoffs: 0, events: 0, replies: 0 };
  const lineOf = (document: object): string => {
    const line = `${canonicalJson(document)}\n`;
    hash.update(line);
    return line;
  };

  yield lineOf({ kind: 'header', format: FORMAT, version: FORMAT_VERSION, workflowId, revision });
  yield lineOf({ kind: 'snapshot', snapshot: withoutClaim(snapshot, now) });
  const handoffs = readNumbered(
    'handoffs',
    (query) => store.readHandoffs(query),
    {
      workflowId,
      count: snapshot.handoffs,
    },
    ({ number }) => number,
  );
  for await (const handoff of handoffs) {
    counts.handoffs++;
    yield lineOf({ kind: 'handoff', handoff });
  }
  const events = readNumbered(
    'events',
    (query) => store.readEvents(query),
    {
      workflowId,
      count: snapshot.sequence,
    },
    ({ sequence }) => sequence,
  );
  for await (const event of events) {
    counts.events++;
    yield lineOf({ kind: 'event', event });
  }
  for await (const reply of readReplies(store, workflowId)) {
    counts.replies++;
    yield lineOf({ kind: 'reply', reply });
  }
  // A reply doesn't say which revision it came with: it must not be newer than the snapshot.
  if ((await load(store, workflowId)).revision !== revision) {
    const message = `workflow ${workflowId} changed while it was exported: try again`;
    throw new BatonError('stale_revision', message, { retryable: true });
  }
  yield lineOf({ kind: 'end', ...counts, digest: hash.copy().digest('hex') });
}

async function load(store: WorkflowStore, workflowId: string): Promise<WorkflowSnapshot> {
  const loaded = await store.load(workflowId);
  if (loaded !== undefined) return loaded.snapshot;
  throw new BatonError('not_found', `there is no workflow '${workflowId}'`, {
    metadata: { workflowId },
  });
}

/** What was set aside for the claim counts as used, as when a claim runs out. */
function withoutClaim(snapshot: WorkflowSnapshot, now: number): WorkflowSnapshot {
  return {
    ...snapshot,
    claim: undefined,
    lostAttempts: undefined,
    usage: settle(snapshot, NO_REPORT, now),
  };
}
