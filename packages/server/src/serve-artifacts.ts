import { describeArtifactUrl, openArtifactStore, pruneEnded } from '@baton/adapters/artifacts';
import { type ArtifactStore, BatonError, type Orchestrator } from '@baton/core';
import type { ArtifactsConfig } from './config.ts';
import type { Log } from './log.ts';

/** Milliseconds between two looks at what the retention lets go. */
const HOUR_MS = 3_600_000;

export interface ServedArtifacts {
  readonly store: ArtifactStore;
  /** For people. */
  readonly description: string;
  close(): Promise<void>;
}

/** A store that was opened for the server. What goes from it is its opener's to say. */
export function servedAsGiven({
  store,
  description,
}: Pick<ServedArtifacts, 'store' | 'description'>): ServedArtifacts {
  return { store, description, close: () => store.close() };
}

/**
 * The artifacts that a server reads. Where a retention is set, complete workflows lose theirs by it: at once, and
 * then each hour.
 *
 * @throws BatonError for a store that cannot be opened.
 */
export async function openServedArtifacts(
  { url, retentionSeconds, maxBytes }: ArtifactsConfig,
  { status }: Pick<Orchestrator, 'status'>,
  log: Log,
): Promise<ServedArtifacts> {
  const store = await openArtifactStore(url);
  const isKept = retentionSeconds === undefined && maxBytes === undefined;
  const afterMs = retentionSeconds === undefined ? undefined : retentionSeconds * 1000;
  /** A workflow that the store of workflows has removed, or never had, is no reason to keep them. */
  const hasEnded = async (workflowId: string): Promise<boolean> => {
    try {
      return (await status({ workflowId })).completedAt !== undefined;
    } catch (reason) {
      if (BatonError.from(reason).code === 'not_found') return true;
      throw reason;
    }
  };
  let pruning: Promise<void> = Promise.resolve();
  const prune = () => {
    pruning = pruneEnded(store, { now: Date.now(), afterMs, maxBytes }, hasEnded).then(
      ({ workflowIds, bytes }) => {
        if (workflowIds.length > 0) log.info('artifacts were removed', { workflowIds, bytes });
      },
      (reason) => {
        const { code, message } = BatonError.from(reason);
        log.warn('artifacts that may go were not removed', { code, message });
      },
    );
  };
  const timer = isKept ? undefined : setInterval(() => void pruning.then(prune), HOUR_MS).unref();
  if (!isKept) prune();
  return {
    store,
    description: describeArtifactUrl(url),
    async close() {
      clearInterval(timer);
      await pruning;
      await store.close();
    },
  };
}
