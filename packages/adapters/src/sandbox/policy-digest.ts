import { createHash } from 'node:crypto';
import type { Sandbox, SandboxPolicy } from './sandbox.ts';

/** SHA-256, hex, of what a command was held to: the same for the same sandbox and policy. */
export function policyDigest({ name }: Pick<Sandbox, 'name'>, policy: SandboxPolicy): string {
  const { hidden, readable, writable, network, limits } = policy;
  const { memoryBytes, processes, outputBytes } = limits;
  const reached = typeof network === 'string' ? network : [...network.hosts].sort();
  const sorted = [hidden, readable, writable].map((paths) => [...paths].sort());
  const held = [name, ...sorted, reached, memoryBytes, processes, outputBytes];
  return createHash('sha256').update(JSON.stringify(held)).digest('hex');
}
