import type { WorkflowSnapshot } from '@baton/core';
import type { SkipUnreadable } from '../skip-unreadable.ts';
import type { Connection } from './connection.ts';
import type { Keys, Place } from './keys.ts';
import { readWorkflow } from './read.ts';

/** The workflows at these places, without those that are gone. */
export async function readAll(
  connection: Connection,
  keys: Keys,
  places: readonly Place[],
  skipUnreadable: SkipUnreadable,
): Promise<readonly WorkflowSnapshot[]> {
  const found = await Promise.all(
    places.map(async ({ id }) => {
      try {
        const loaded = await readWorkflow(connection, keys, id);
        return loaded === undefined ? [] : [loaded.snapshot];
      } catch (reason) {
        return skipUnreadable(reason);
      }
    }),
  );
  return found.flat();
}
