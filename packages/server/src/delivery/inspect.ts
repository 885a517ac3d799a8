import type { DocumentStore } from '@baton/core';
import { type Cursor, cursorPages } from './cursors.ts';
import { listDeadLetters } from './dead-letters.ts';
import { changeTarget, listTargets, refuseUnknown, type StoredTarget } from './target-records.ts';

/** What is known of a receiver of events. Times are milliseconds since the Unix epoch, by the store's clock. */
export interface DeliveryStatus {
  readonly name: string;
  /** It is told of what happened from then on. */
  readonly since: number;
  /** It has answered that it wants no more; absent: it is told. */
  readonly disabled: { readonly at: number; readonly reason: string } | undefined;
  /** Workflows of which an event could not be delivered yet. */
  readonly failing: number;
  /** Why the newest of those tries failed. */
  readonly failure: string | undefined;
  /** When the first of them is tried again. */
  readonly nextAt: number | undefined;
  readonly deadLetters: number;
}

/**
 * Every receiver of events that servers of the store have told, by name.
 *
 * @throws BatonError of the store.
 * @example
 * import { openStore } from '@baton/adapters/open-store';
 * import { deliveryStatus } from '@baton/server';
 * const { documents, close } = await openStore('sqlite:baton.sqlite');
 * for (const { name, failing } of await deliveryStatus(documents)) console.log(name, failing);
 * await close();
 */
export async function deliveryStatus(documents: DocumentStore): Promise<readonly DeliveryStatus[]> {
  const targets = await listTargets(documents);
  return Promise.all(targets.map((target) => statusOf(documents, target)));
}

async function statusOf(
  documents: DocumentStore,
  { name, record }: StoredTarget,
): Promise<DeliveryStatus> {
  let failing = 0;
  let newest: Cursor | undefined;
  let nextAt: number | undefined;
  for await (const page of cursorPages(documents, name)) {
    for (const { cursor } of page) {
      if (cursor.tries === 0) continue;
      failing++;
      nextAt = Math.min(nextAt ?? cursor.nextAt, cursor.nextAt);
      if (newest === undefined || cursor.nextAt > newest.nextAt) newest = cursor;
    }
  }
  return {
    ...{ name, since: record.since, disabled: record.disabled, failing, nextAt },
    failure: newest?.failure,
    deadLetters: (await listDeadLetters(documents, name)).length,
  };
}

/**
 * Has a receiver told again that has answered 410: of everything since then, too.
 *
 * @throws BatonError `not_found` for a name that no server has told.
 * @example
 * import { openStore } from '@baton/adapters/open-store';
 * import { enableDeliveries } from '@baton/server';
 * const { documents, close } = await openStore('sqlite:baton.sqlite');
 * await enableDeliveries(documents, 'ops').catch(console.error);
 * await close();
 */
export async function enableDeliveries(documents: DocumentStore, name: string): Promise<void> {
  const isKnown = await changeTarget(documents, name, (record) => ({
    ...record,
    disabled: undefined,
  }));
  if (!isKnown) await refuseUnknown(documents, name);
}
