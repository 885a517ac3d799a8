import { BatonError, type DocumentStore, type JsonObject } from '@baton/core';
import { present } from '@baton/core/internal';
import { z } from 'zod';

const COLLECTION = 'delivery-targets';
const PAGE = 1000;

const recordSchema = z.object({
  /** It is told of what happened from then on, by the store's clock. */
  since: z.int().min(0),
  /** Every workflow up to this one, in the order of their creation, has a cursor or needs none. */
  seenTo: z.object({ createdAt: z.int(), id: z.string() }).optional(),
  /** It said that it wants nothing any more. */
  disabled: z.object({ at: z.int(), reason: z.string() }).optional(),
});

/** What is remembered of a target as a whole. */
export type TargetRecord = Readonly<z.output<typeof recordSchema>>;

export interface StoredTarget {
  readonly name: string;
  readonly version: number;
  readonly record: TargetRecord;
}

export async function readTarget(
  documents: DocumentStore,
  name: string,
): Promise<StoredTarget | undefined> {
  const found = await documents.read(COLLECTION, name);
  return found && { name, version: found.version, record: parsed(name, found.value) };
}

/** What is remembered of a target; from now on, where that is nothing yet. */
export async function ensureTarget(
  documents: DocumentStore,
  name: string,
  now: number,
): Promise<StoredTarget> {
  for (;;) {
    const found = await readTarget(documents, name);
    if (found !== undefined) return found;
    await write(documents, { name, version: 0, record: { since: now } });
  }
}

/** Changes what is remembered, however many others do at the same time. False: there is no such target. */
export async function changeTarget(
  documents: DocumentStore,
  name: string,
  change: (record: TargetRecord) => TargetRecord,
): Promise<boolean> {
  for (;;) {
    const found = await readTarget(documents, name);
    if (found === undefined) return false;
    if (await write(documents, { ...found, record: change(found.record) })) return true;
  }
}

/** All that is remembered of any target, by name. */
export async function listTargets(documents: DocumentStore): Promise<readonly StoredTarget[]> {
  const found: StoredTarget[] = [];
  for (;;) {
    const after = found.at(-1)?.name ?? '';
    const page = await documents.list({ collection: COLLECTION, after, limit: PAGE });
    for (const { key, version, value } of page) {
      found.push({ name: key, version, record: parsed(key, value) });
    }
    if (page.length < PAGE) return found;
  }
}

function write(documents: DocumentStore, { name, version, record }: StoredTarget) {
  const value = present(record) as JsonObject;
  return documents.write({ collection: COLLECTION, key: name, follows: version, value });
}

function parsed(name: string, value: JsonObject): TargetRecord {
  const { data, error } = recordSchema.safeParse(value);
  if (data !== undefined) return data;
  throw new BatonError('data_loss', `the delivery target '${name}': ${error.issues[0]?.message}`);
}

/** @throws BatonError `not_found` with the names that there are. */
export async function refuseUnknown(documents: DocumentStore, name: string): Promise<void> {
  const legal = (await listTargets(documents)).map((one) => one.name);
  if (legal.includes(name)) return;
  const known = legal.length === 0 ? 'there is none' : `expected one of ${legal.join(', ')}`;
  const message = `no server of this store tells '${name}' of events; ${known}`;
  throw new BatonError('not_found', message, { legal });
}
