import { createHash } from 'node:crypto';
import type { Sandbox, SandboxPolicy } from './sandbox.ts';

/** SHA-256, in hex, of a sandbox and its policy. Equal restrictions have equal digests. */
export function policyDigest({ name }: Pick<Sandbox, 'name'>, policy: SandboxPolicy): string {
  const { hidden, readable, writable, network, limits } = policy;
  const { memoryBytes, processes, outputBytes } = limits;
  const reached = typeof network === 'string' ? network : [...network.hosts].sort();
  const sorted = [hidden, readable, writable].map((paths) => [...paths].sort());
  const held = [name, ...sorted, reached, memoryBytes, processes, outputBytes];
  return createHash('sha256').update(JSON.stringify(held)).digest('hex');
}
