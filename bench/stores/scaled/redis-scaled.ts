import { createRedisStore } from '@baton/adapters/redis';
import { reservationText } from '../../../packages/adapters/src/stores/redis/create-workflow.ts';
import { createKeys, metaKey } from '../../../packages/adapters/src/stores/redis/keys.ts';
import { createArguments } from '../../../packages/adapters/src/stores/redis/script-arguments.ts';
import { SCRIPTS } from '../../../packages/adapters/src/stores/redis/scripts.ts';
import { startRedis } from '../../../packages/adapters/src/stores/testing/private-redis.ts';
import type { ScaledStore } from './scaled-store.ts';

/** Keys that are asked for at once. */
const PAGE = 1000;

/** Only read: its writes need not reach the disk. */
export async function createScaledRedis(): Promise<ScaledStore> {
  const redis = await startRedis(['--appendonly', 'no']);
  const client = redis.connect();
  await client.script('LOAD', SCRIPTS.create.text);

  return {
    name: 'Redis',
    async open(prefix) {
      const store = await createRedisStore({ connection: redis.url, prefix, warn() {} });
      // It connects when it is first used, and only then is there something to load into.
      await store.load('');
      return store;
    },

    /** The script that creates, and what is left of the reservation once it has run. */
    async load(prefix, creates) {
      const keys = createKeys(prefix, Number(await client.hget(metaKey(prefix), 'shards')));
      const pipeline = client.pipeline();
      for (const commit of creates) {
        const { id, projectId, buildId } = commit.snapshot;
        const written = [
          keys.workflow(id),
          keys.indexOf(id),
          keys.statsOf(id, projectId),
          keys.removed(id),
        ];
        const args = createArguments(commit);
        pipeline.evalsha(SCRIPTS.create.sha, written.length, ...written, ...args);
        pipeline.set(keys.build(projectId, buildId), reservationText({ workflowId: id }));
      }
      for (const [error] of (await pipeline.exec()) ?? []) if (error !== null) throw error;
    },

    async settle() {},

    async dump(prefix) {
      const found: string[] = [];
      for await (const names of client.scanStream({ match: `${prefix}:*`, count: PAGE })) {
        found.push(...(await Promise.all((names as string[]).map((name) => contents(name)))));
      }
      return found.map((text) => text.slice(prefix.length)).sort();
    },

    destroy: () => redis.destroy(),
  };

  async function contents(key: string): Promise<string> {
    switch (await client.type(key)) {
      case 'hash': {
        const fields = Object.entries(await client.hgetall(key)).map(
          ([name, value]) =>
            [name, name.startsWith('e:') ? withoutCommitId(value) : value] as const,
        );
        return `${key} ${JSON.stringify(fields.sort())}`;
      }
      case 'zset':
        return `${key} ${JSON.stringify(await client.zrange(key, '0', '-1', 'WITHSCORES'))}`;
      default:
        return `${key} ${await client.get(key)}`;
    }
  }
}

/** An event begins with the id of its commit, which is another every time. */
function withoutCommitId(event: string): string {
  return event.replace(/^\["[^"]+"/, '["…"');
}
