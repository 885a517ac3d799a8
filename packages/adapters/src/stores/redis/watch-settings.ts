import { BatonError } from '@baton/core';
import type { Cluster, Redis } from 'ioredis';
import { settingsProblems } from './check-server.ts';
import type { ResolvedRedisOptions } from './redis-store-options.ts';

/** Checks periodically whether the settings of running servers were changed. */
export interface WatchedSettings {
  stop(): void;
}

/**
 * Reports each problem when it appears. The store continues: interrupting the work that is under way would be
 * riskier than waiting for an operator to fix the setting.
 *
 * @param told problems that were reported when the store was opened.
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
