// Run by scripts/try-packages.ts in a project of its own: has the example agent, beside this file, perform a role.
// With the argument `missing`: shows that the packages for that are asked for where they are missing.
import { createAgentRole } from '@baton/adapters/agent';
import { BatonError } from '@baton/core';

const [wanted] = process.argv.slice(2);
const role = createAgentRole({
  role: 'code_writer',
  agent: {
    title: 'Example',
    command: [process.execPath, '--no-warnings', 'example-agent.ts', 'good'],
    install: [],
    env: () => ({}),
  },
});
const performing = role.perform(
  {
    ...{ workflowId: 'w', buildId: 'b', projectId: 'p', userId: 'u', state: 'implementation' },
    ...{ role: 'code_writer', epoch: 1, attempt: 1, instructions: '', requirements: {} },
    ...{ metadata: {}, inputs: {}, feedback: undefined, answers: [], allowance: undefined },
    ...{ definition: { name: 'build', version: 1 }, outputSchema: { type: 'object' }, gates: {} },
    ...{ checkpoint: undefined, deadline: Date.now() + 600_000 },
  },
  {
    signal: AbortSignal.timeout(600_000),
    progress: () => {},
    usage: () => {},
    evidence: () => {},
    note: () => {},
  },
);
const found = await performing.then(
  ({ kind }) => kind,
  (reason) => BatonError.from(reason).message,
);
const expected = wanted === 'missing' ? 'npm install @agentclientprotocol/sdk' : 'advance';
if (!found.includes(expected)) {
  console.error(`found ${found}, expected ${expected}`);
  process.exitCode = 1;
}
