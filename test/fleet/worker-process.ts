// A worker of the fleet, in a process of its own: performs all roles of all builds of one server, in workspaces of a
// clone of its own whose trees travel by the remote. Each attempt writes a line into the ledger.
import { createHash } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { createGitWorkspaceProvider } from '@baton/adapters/workspace';
import { createBatonClient } from '@baton/client';
import {
  BatonError,
  createRunner,
  type Outcome,
  type RoleAdapter,
  type RoleContext,
} from '@baton/core';
import { passingOutputs } from '@baton/core/testing';
import { JUDGED, type LedgerLine, ROLES, type WorkerSettings, WRITING } from './fleet-roles.ts';

const [text = ''] = process.argv.slice(2);
const { server, repository, home, remote, ledger, seed } = JSON.parse(text) as WorkerSettings;
const env = { ...process.env, HOME: home, BATON_HOME: join(home, 'baton') };

/** Of a hundred. The same attempt always comes out the same. */
function lot(...of: readonly (string | number)[]): number {
  const digest = createHash('sha256')
    .update([seed, ...of].join())
    .digest();
  return digest.readUInt32BE(0) % 100;
}

function roleOf(role: string): RoleAdapter {
  return {
    role,
    async perform(assignment, context): Promise<Outcome> {
      const { workflowId, state, epoch, attempt, checkpoint } = assignment;
      const { workspace } = context;
      if (workspace === undefined) throw new Error('no workspace');
      const nonce = `${workflowId}/${state}/${epoch}/${attempt}/${process.pid}`;
      const digest = await workspace.digest();
      const line: LedgerLine = { nonce, workflowId, expected: checkpoint?.digest, digest };
      appendFileSync(ledger, `${JSON.stringify(line)}\n`);
      const drawn = lot(workflowId, state, epoch, attempt);
      if (drawn < 10) throw new BatonError('unavailable', 'the model is overloaded');
      if (drawn < 16 && state === 'testing' && epoch < 3) {
        return { kind: 'request_retry', reason: 'a test fails' };
      }
      if (WRITING.has(state)) appendFileSync(join(workspace.path, 'log.txt'), `${nonce}\n`);
      for (const purpose of JUDGED[state] ?? []) attest(context, purpose, digest);
      const output = passingOutputs[state as keyof typeof passingOutputs];
      return { kind: 'advance', result: { ...output, nonce } };
    },
  };
}

function attest({ evidence }: RoleContext, purpose: string, workspaceDigest: string): void {
  const ran = { argv: ['true'], exitCode: 0, startedAt: 0, durationMs: 1, outputDigest: 'x' };
  evidence({ ...ran, purpose, workspaceDigest });
}

const runner = createRunner({
  source: createBatonClient({ baseUrl: server, protocol: 'grpc' }),
  roles: ROLES.map(roleOf),
  workspaces: createGitWorkspaceProvider({ repository, env, remote }),
  worker: home,
  concurrency: 2,
  leaseMs: 5000,
  backoff: { initialMs: 50, maxMs: 500 },
});
await runner.run();
