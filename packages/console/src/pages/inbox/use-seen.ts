import type { Awaiting, WorkflowStatus } from '@baton/core/api';
import { useState } from 'react';

/** What a decision is about. */
interface Seen {
  readonly since: number;
  readonly epoch: number;
  readonly digest: string | undefined;
}

export interface Looking {
  /** As it was when the person began to look. */
  readonly seen: Seen;
  readonly now: Seen;
  readonly hasMoved: boolean;
  /** Begins to look again, at what there is now. */
  readonly lookAgain: () => void;
  /** What was looked at is decided: the next approval is looked at anew. */
  readonly decided: () => void;
}

/**
 * What a person looks at while a move waits for approval. It stays what it was while the build works on, so that the
 * same move, asked again of another tree, is not taken for the one that was looked at.
 */
export function useSeen(status: WorkflowStatus | undefined): Looking | undefined {
  const [began, setBegan] = useState<Seen>();
  const [decided, setDecided] = useState<number>();
  const now = status?.awaiting?.kind === 'approval' ? seenIn(status, status.awaiting) : undefined;
  if (now === undefined) return undefined;
  if (began === undefined && now.since !== decided) setBegan(now);
  const seen = began ?? now;
  return {
    ...{ seen, now },
    hasMoved: seen.digest !== now.digest || seen.epoch !== now.epoch || seen.since !== now.since,
    lookAgain: () => setBegan(now),
    decided: () => {
      setBegan(undefined);
      setDecided(now.since);
    },
  };
}

function seenIn({ epoch, checkpoint }: WorkflowStatus, { since }: Awaiting): Seen {
  return { since, epoch, digest: checkpoint?.digest };
}
