import { createHash } from 'node:crypto';
import { mkdir, readdir, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { BatonError, type SupersededBy } from '@baton/core';
import { canonicalJson, parseJson } from '@baton/core/internal';
import type { ZodType } from 'zod';
import { expectDone, removeTree } from '../../files/file-trees.ts';
import { isMissing, readIfThere } from '../../files/files.ts';
import { withLock } from '../../files/lock.ts';
import { writeDurably } from '../../files/write-durably.ts';
import type { ArtifactBackend, StoredArtifact } from '../artifact-backend.ts';
import { storedArtifactSchema, supersededBySchema } from '../checks.ts';
import { inOnePiece } from '../packing.ts';
import { nextRecord, type RecordName, readRecordNames } from './record-names.ts';

/*
 * The folder of a workflow: `content/<digest>`, `records/<number>.<identity>.<digest>.<bytes>.json` and
 * `marks/<digest>.json`.
 * 1. A file has its name when it is whole and on the disk; records come after their content.
 * 2. What writes or removes holds the workflow's lock; who reads needs none.
 * 3. The lock lies beside the folder, so that it outlives its removal.
 * 4. What was written is there, whatever became of the same content before: who writes it again mends it.
 */

export interface FolderPlaces {
  readonly folder: string;
  readonly inside: string | undefined;
  readonly lockWaitMs: number;
}

const WORKFLOW_ID = /^[A-Za-z0-9_-]+$/;
const DIGEST = /^[0-9a-f]{64}$/;

export function createFolderBackend({ folder, inside, lockWaitMs }: FolderPlaces): ArtifactBackend {
  const name = `the folder ${folder}`;
  const placeOf = (workflowId: string) => join(folder, workflowId, inside ?? '');
  const recordsOf = (workflowId: string) => join(placeOf(workflowId), 'records');
  const marksOf = (workflowId: string) => join(placeOf(workflowId), 'marks');
  const contentOf = (workflowId: string, digest: string) =>
    join(placeOf(workflowId), 'content', digest);

  function locked<T>(workflowId: string, work: () => Promise<T>): Promise<T> {
    const lock = inside === undefined ? `${workflowId}.lock` : join(workflowId, `${inside}.lock`);
    return withLock(join(folder, lock), lockWaitMs, work);
  }

  async function readRecord(workflowId: string, { file, number }: RecordName) {
    const path = join(recordsOf(workflowId), file);
    const text = await readIfThere(path);
    // Removed since it was listed.
    if (text === undefined) return undefined;
    return { ...parsed(storedArtifactSchema, text, path), number };
  }

  /** When the newest of them was made; of those that cannot be read, when they were written. */
  async function newestOf(workflowId: string, names: readonly RecordName[]) {
    const times = names.map(async (name) => {
      try {
        return (await readRecord(workflowId, name))?.createdAt;
      } catch (reason) {
        // A damaged record must not keep all workflows from being pruned.
        if (!BatonError.is(reason)) throw reason;
        return writtenAt(join(recordsOf(workflowId), name.file));
      }
    });
    const found = (await Promise.all(times)).filter((one) => one !== undefined);
    return found.length === 0 ? undefined : found.reduce((a, b) => Math.max(a, b));
  }

  /** The workflows that have something here. */
  async function workflowIds(): Promise<readonly string[]> {
    const names = await namesIn(folder);
    return names.filter((name) => WORKFLOW_ID.test(name));
  }

  async function orphansOf(workflowId: string, before: number): Promise<readonly string[]> {
    const named = new Set((await readRecordNames(recordsOf(workflowId))).map((one) => one.digest));
    const orphans: string[] = [];
    for (const part of ['content', 'records', 'marks']) {
      const place = join(placeOf(workflowId), part);
      for (const name of await namesIn(place)) {
        const isWhole = part === 'content' ? DIGEST.test(name) : name.endsWith('.json');
        if (isWhole && (part !== 'content' || named.has(name))) continue;
        const path = join(place, name);
        const at = await writtenAt(path);
        if (at !== undefined && at < before) orphans.push(path);
      }
    }
    return orphans;
  }

  async function readContent(workflowId: string, digest: string) {
    const path = contentOf(workflowId, digest);
    const isNamed = async () =>
      (await readRecordNames(recordsOf(workflowId))).some((one) => one.digest === digest);
    const found = await readIfThere(path);
    if (found !== undefined || !(await isNamed())) return found;
    // It may be that all of the workflow is removed at this moment.
    return locked(workflowId, async () => {
      const again = await readIfThere(path);
      if (again !== undefined || !(await isNamed())) return again;
      throw new BatonError('data_loss', `${path} is missing, which an artifact names`);
    });
  }

  return {
    name,
    packing: inOnePiece(name, readContent),

    keep: ({ identity, ...artifact }, content, room) => {
      const { workflowId, digest, compressedSize } = artifact;
      return locked(workflowId, async () => {
        const records = recordsOf(workflowId);
        const names = await readRecordNames(records);
        const known = names.find((one) => one.identity === identity);
        const found = known && (await readRecord(workflowId, known));
        const hasContent = names.some((one) => one.digest === digest);
        if (!hasContent && bytesOf(names) + compressedSize > room) return undefined;
        const path = contentOf(workflowId, digest);
        await mkdir(records, { recursive: true, mode: 0o700 });
        await mkdir(join(path, '..'), { recursive: true });
        if (!(hasContent && (await readIfThere(path))?.equals(content))) {
          await writeDurably(path, content);
        }
        if (found !== undefined) return found;
        const { number, file } = nextRecord(names, { identity, digest, bytes: compressedSize });
        await writeDurably(join(records, file), JSON.stringify(artifact));
        return { ...artifact, number };
      });
    },

    async list({ workflowId, state, attempt, kind, after, limit }) {
      const found: StoredArtifact[] = [];
      for (const name of await readRecordNames(recordsOf(workflowId))) {
        if (name.number <= after) continue;
        const one = await readRecord(workflowId, name);
        if (one === undefined) continue;
        if (state !== undefined && one.state !== state) continue;
        if (attempt !== undefined && one.attempt !== attempt) continue;
        if (kind !== undefined && one.kind !== kind) continue;
        found.push(one);
        if (found.length === limit) break;
      }
      return found;
    },

    mark: (workflowId, by) =>
      locked(workflowId, async () => {
        const said = canonicalJson(by);
        const name = createHash('sha256').update(said).digest('hex');
        await mkdir(marksOf(workflowId), { recursive: true, mode: 0o700 });
        await writeDurably(join(marksOf(workflowId), `${name}.json`), said);
      }),

    async marks(workflowId) {
      const marks: SupersededBy[] = [];
      for (const name of await namesIn(marksOf(workflowId))) {
        if (!name.endsWith('.json')) continue;
        const path = join(marksOf(workflowId), name);
        const text = await readIfThere(path);
        if (text !== undefined) marks.push(parsed(supersededBySchema, text, path));
      }
      return marks;
    },

    async workflows() {
      const all = (await workflowIds()).map(async (workflowId) => {
        const names = await readRecordNames(recordsOf(workflowId));
        const newestAt = await newestOf(workflowId, names);
        return newestAt === undefined ? [] : [{ workflowId, newestAt, bytes: bytesOf(names) }];
      });
      return (await Promise.all(all)).flat();
    },

    remove: (workflowId) =>
      locked(workflowId, async () => expectDone(await removeTree(placeOf(workflowId)))),

    async removeOrphans(before) {
      let count = 0;
      for (const workflowId of await workflowIds()) {
        if ((await orphansOf(workflowId, before)).length === 0) continue;
        await locked(workflowId, async () => {
          for (const path of await orphansOf(workflowId, before)) {
            await unlink(path);
            count++;
          }
        });
      }
      return count;
    },

    explain(reason) {
      if (!(reason instanceof Error && 'syscall' in reason)) return BatonError.from(reason);
      const message = `${name}: ${reason.message}`;
      return new BatonError('unavailable', message, { cause: reason });
    },

    close: async () => undefined,
  };
}

/** Content that several records have counts once. */
function bytesOf(names: readonly RecordName[]): number {
  const sizes = new Map(names.map(({ digest, bytes }) => [digest, bytes]));
  return [...sizes.values()].reduce((sum, bytes) => sum + bytes, 0);
}

function parsed<T>(schema: ZodType<T>, text: Buffer, path: string): T {
  let value: unknown;
  try {
    value = parseJson(text.toString('utf8'));
  } catch (cause) {
    throw new BatonError('data_loss', `${path} cannot be read as JSON`, { cause });
  }
  const { success, data, error } = schema.safeParse(value);
  if (success) return data;
  const [issue] = error.issues;
  const message = `${path} is damaged: ${issue?.path.join('.') || 'it'}: ${issue?.message}`;
  throw new BatonError('data_loss', message);
}

/** Milliseconds since the Unix epoch; undefined: it is gone. */
async function writtenAt(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).mtimeMs;
  } catch (reason) {
    if (isMissing(reason)) return undefined;
    throw reason;
  }
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (reason) {
    if (isMissing(reason)) return [];
    throw reason;
  }
}
