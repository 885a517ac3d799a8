import { BatonError } from '@baton/core';
import type { Cluster, Redis } from 'ioredis';
import { settingsProblems } from './check-server.ts';
import type { ResolvedRedisOptions } from './redis-store-options.ts';

/** Looks from time to time whether the servers' settings were changed while they run. */
export interface WatchedSettings {
  stop(): void;
}

/**
 * Each problem is told when it comes about. A store goes on all the same: work that is under way is safer
 * with somebody who mends the setting than cut off in the middle.
 *
 * @param told what was said of the settings when the store was opened.
 */
export function watchSettings(
  client: Redis | Cluster,
  told: ReadonlySet<string>,
  { replicas, settingsEveryMs, warn }: ResolvedRedisOptions,
): WatchedSettings {
  let known = told;
  const look = async (): Promise<void> => {
    const found = await problems(client, replicas !== undefined);
    if (found === undefined) return;
    for (const line of found) if (!known.has(line)) warn(line);
    known = found;
  };
  const timer = setInterval(() => void look(), settingsEveryMs).unref();
  return { stop: () => clearInterval(timer) };
}

/** Undefined while no server answers. */
async function problems(
  client: Redis | Cluster,
  isWaitedFor: boolean,
): Promise<ReadonlySet<string> | undefined> {
  try {
    return await settingsProblems(client, isWaitedFor);
  } catch (reason) {
    const { code, message } = BatonError.from(reason);
    return code === 'invalid_input' ? new Set([message]) : undefined;
  }
}
