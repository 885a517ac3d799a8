import { createHash } from 'node:crypto';
import {
  appendFileSync,
  closeSync,
  fstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
} from 'node:fs';
import { join } from 'node:path';
import { BatonError } from '@baton/core';
import { z } from 'zod';

const SUFFIX = '.seals';
/** Enough for the last lines: each has about 350 bytes and an id of up to 256 characters. */
const TAIL_BYTES = 16_384;

const lineSchema = z.object({
  workflowId: z.string(),
  revision: z.int().positive(),
  sequence: z.int().nonnegative(),
  handoffs: z.int().nonnegative(),
  seal: z.string(),
});

type Line = z.infer<typeof lineSchema>;

/**
 * A memory in an existing folder, with one file for each workflow. Processes may share it: each appends a
 * line with one write. Writes do not wait for the disk, so a power cut may lose the last lines, which a
 * memory may. For the same reason, an incomplete line does not count. `remember` throws `data_loss` when it
 * cannot write, because a memory that stays behind for good would hide an older copy.
 *
 * @example
 * import { createFileSealMemory } from '@baton/adapters/sealed';
 * const memory = createFileSealMemory('/srv/seals');
 */
export function createFileSealMemory(folder: string): SealMemory {
  const known = new Map<string, { readonly size: number; readonly newest: SealedRevision }>();

  const pathOf = (workflowId: string): string => {
    const name = createHash('sha256').update(workflowId).digest('hex').slice(0, 32);
    return join(folder, `${name}${SUFFIX}`);
  };

  return {
    recall(workflowId) {
      const file = openIfThere(pathOf(workflowId));
      if (file === undefined) return undefined;
      try {
        const { size } = fstatSync(file);
        const before = known.get(workflowId);
        if (before?.size === size) return before.newest;
        const buffer = Buffer.alloc(Math.min(size, TAIL_BYTES));
        readSync(file, buffer, 0, buffer.length, size - buffer.length);
        const newest = newestOf(linesOf(buffer.toString('utf8')));
        if (newest !== undefined) known.set(workflowId, { size, newest });
        return newest;
      } finally {
        closeSync(file);
      }
    },
    trail(workflowId) {
      const file = openIfThere(pathOf(workflowId));
      if (file === undefined) return [];
      try {
        return linesOf(readFileSync(file, 'utf8')).sort((a, b) => a.revision - b.revision);
      } finally {
        closeSync(file);
      }
    },
    remember(workflowId, { revision, sequence, handoffs, seal }) {
      const line: Line = { workflowId, revision, sequence, handoffs, seal };
      try {
        appendFileSync(pathOf(workflowId), `${JSON.stringify(line)}\n`, { mode: 0o600 });
      } catch (cause) {
        const found = cause instanceof Error ? cause.message : String(cause);
        const message = `what was committed cannot be remembered in ${folder}: ${found}; nothing more is done with workflow ${workflowId}`;
        throw new BatonError('data_loss', message, { cause, metadata: { workflowId } });
      }
    },
    workflowIds: () =>
      readdirSync(folder)
        .filter((name) => name.endsWith(SUFFIX))
        .flatMap((name) => {
          const [first] = linesOf(readFileSync(join(folder, name), 'utf8'));
          return first === undefined ? [] : [first.workflowId];
        }),
  };
}

function openIfThere(path: string): number | undefined {
  try {
    return openSync(path, 'r');
  } catch (reason) {
    if (reason instanceof Error && 'code' in reason && reason.code === 'ENOENT') return undefined;
    throw reason;
  }
}

function linesOf(text: string): Line[] {
  return text.split('\n').flatMap((line) => {
    try {
      const parsed = lineSchema.safeParse(JSON.parse(line));
      return parsed.success ? [parsed.data] : [];
    } catch {
      return [];
    }
  });
}

/** Two processes may append their lines in either order. */
function newestOf(lines: readonly Line[]): Line | undefined {
  return lines.reduce<Line | undefined>(
    (newest, line) => (newest !== undefined && newest.revision > line.revision ? newest : line),
    undefined,
  );
}

/** A sealed revision of a workflow that was committed. */
export interface SealedRevision {
  readonly revision: number;
  /** The numbers of its newest event and handoff. */
  readonly sequence: number;
  readonly handoffs: number;
  readonly seal: string;
}

/**
 * Remembers commits outside of the store: the seals of an older copy of a store are valid, so only a newer
 * memory reveals it. It is told after each commit and may lag behind the store; only what it lags by can be
 * reverted unnoticed.
 */
export interface SealMemory {
  /** The newest revision. */
  recall(workflowId: string): SealedRevision | undefined;
  /** All revisions, oldest first. */
  trail(workflowId: string): readonly SealedRevision[];
  remember(workflowId: string, revision: SealedRevision): void;
  /** The ids of all workflows. */
  workflowIds(): readonly string[];
}
