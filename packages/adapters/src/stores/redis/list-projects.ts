import type { ProjectsQuery } from '@baton/core';
import { namesAfter } from '@baton/core/internal';
import type { Connection } from './connection.ts';
import { compareBytes, type Keys } from './keys.ts';
import { SCRIPTS } from './scripts.ts';

/**
 * The projects of all shards: a project may be in each. One round trip; with `projectIds` more, where the first of
 * them are none.
 */
export async function readProjects(
  connection: Connection,
  keys: Keys,
  { after, projectIds, limit }: ProjectsQuery,
): Promise<readonly string[]> {
  const ask = async (...args: readonly string[]): Promise<readonly string[]> => {
    const answers = await Promise.all(
      Array.from({ length: keys.shards }, (_, shard) =>
        connection.run({ script: SCRIPTS.findProjects, keys: [keys.index(shard)], args }),
      ),
    );
    const names = new Set(answers.flatMap(([, ...found]) => found));
    return [...names].sort(compareBytes).slice(0, limit);
  };
  if (projectIds === undefined) return ask(after, String(limit));
  const left = [...namesAfter(projectIds, after)];
  const found: string[] = [];
  while (left.length > 0 && found.length < limit) {
    const some = left.splice(0, limit - found.length);
    found.push(...(await ask('', String(limit), ...some)));
  }
  return found;
}
