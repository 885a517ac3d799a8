import { groupMembers, processName } from '../process/linux-processes.ts';
import type { Confined, ConfinedCommand, Sandbox } from './sandbox.ts';

/**
 * Runs commands without a sandbox. Of a policy, only the limits apply, and only to the command's own process
 * group: a process that starts its own session is neither counted nor ended.
 *
 * @example
 * import { createNoSandbox } from '@baton/adapters/sandbox';
 * const sandbox = createNoSandbox();
 */
export function createNoSandbox(): Sandbox {
  return {
    name: 'none',
    confine: async (command): Promise<ConfinedCommand> => ({
      ...command,
      pipes: 0,
      attach(child): Confined {
        const processes = (): readonly number[] => groupMembers(child.pid ?? 0);
        let left: readonly string[] = [];
        child.once('exit', () => {
          left = processes().flatMap((id) => processName(id) ?? []);
        });
        return {
          processes,
          isUp: () => true,
          leftRunning: () => left,
          refusedHosts: () => [],
          overhead: { memoryBytes: 0, processes: 0 },
        };
      },
      close: async () => {},
    }),
  };
}
