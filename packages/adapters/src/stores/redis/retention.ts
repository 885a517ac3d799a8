import type { Connection } from './connection.ts';
import { toBatonError } from './errors.ts';
import { type Keys, NUL, placeOf, timeText } from './keys.ts';
import type { ResolvedRedisOptions, Retention } from './redis-store-options.ts';
import { removeWorkflow } from './remove-workflow.ts';

/** Periodically removes workflows that have been complete for long enough. */
export interface RunningRetention {
  /** Resolves when no removal is running any more. */
  stop(): Promise<void>;
}

const DEFAULT_EVERY_MS = 60_000;

/** Workflows of one shard to examine in one run. */
const PAGE = 100;

export function startRetention(
  connection: Connection,
  keys: Keys,
  retention: Retention,
  { now, warn }: Pick<ResolvedRedisOptions, 'now' | 'warn'>,
): RunningRetention {
  const everyMs = retention.everyMs ?? DEFAULT_EVERY_MS;
  let stopped = false;
  let turn: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout;

  async function sweep(): Promise<void> {
    const until = now() - retention.keepMs;
    const failures: string[] = [];
    const attempt = async (what: string, work: () => Promise<void>): Promise<void> => {
      await work().catch((reason) => failures.push(toBatonError(reason, what).message));
    };
    for (let shard = 0; shard < keys.shards && !stopped; shard++) {
      const removed: string[] = [];
      await attempt(`shard ${shard}`, async () => {
        for (const id of await findComplete(connection, keys.index(shard), until)) {
          if (stopped) return;
          await attempt(`workflow ${id}`, async () => {
            if (await removeWorkflow(connection, keys, id, retention)) removed.push(id);
          });
        }
      });
      if (removed.length === 0) continue;
      const what = `${removed.length} workflows that had been complete for ${retention.keepMs} ms`;
      warn(`removed ${what}: ${removed.join(', ')}`);
    }
    if (failures.length > 0) {
      warn(`could not remove all complete workflows; ${failures.length} times, as: ${failures[0]}`);
    }
  }

  function schedule(): void {
    timer = setTimeout(() => {
      turn = sweep().finally(() => {
        if (!stopped) schedule();
      });
    }, everyMs).unref();
  }

  warn(`complete workflows are removed ${retention.keepMs} ms after their end`);
  schedule();
  return {
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await turn;
    },
  };
}

/** The workflows of a shard that were complete by then, oldest first. */
async function findComplete(
  { client }: Connection,
  index: string,
  until: number,
): Promise<readonly string[]> {
  const to = `(c${NUL}${timeText(until)}\u0001`;
  const members = await client.zrangebylex(index, `[c${NUL}`, to, 'LIMIT', 0, PAGE);
  return members.map((member) => placeOf(member).id);
}
