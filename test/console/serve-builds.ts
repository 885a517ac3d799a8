import { on } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { until } from '../../packages/adapters/src/testing/until.ts';
import { createProject, type Project, start } from '../cli/harness.ts';
import { type Client, clientOf } from '../cli/workers.ts';
import { leaveBehind } from '../leftovers.ts';

export interface ServedBuilds extends Project {
  /** Of the console. */
  readonly url: string;
  readonly client: Client;
}

/** A server that performs its builds on a repository of its own, keeps their artifacts, and asks before it deploys. */
export async function serveBuilds(steering: Record<string, string> = {}): Promise<ServedBuilds> {
  const project = createProject();
  project.steer(steering);
  const policies = join(project.folder, 'policies.json');
  writeFileSync(
    policies,
    JSON.stringify({
      approvals: [{ from: 'handoff_to_releaser', to: 'deployment', by: ['grace'] }],
    }),
  );
  project.configure((config) => {
    config.approvals = [{ from: 'handoff_to_releaser', to: 'deployment', by: ['grace'] }];
  });
  const kept = mkdtempSync(join(tmpdir(), 'baton-console-'));
  leaveBehind(() => rmSync(kept, { recursive: true, force: true }));
  const at = ['--port', '0', '--grpc-port', '0', '--database', 'memory:', '--policies', policies];
  const args = ['serve', ...at, '--with-worker', ...project.options, '--json'];
  const env = { LOG_LEVEL: 'error', ARTIFACTS_URL: `folder:${kept}` };
  const serving = start(args, { env });
  const lines = createInterface(serving.process.stdout as Readable);
  let complaint = '';
  serving.process.stderr?.on('data', (chunk) => {
    complaint += chunk;
  });
  // Several lines may come at once: each of them is kept until it is looked at.
  for await (const [line] of on(lines, 'line', { close: ['close'] })) {
    const { kind, server } = JSON.parse(line);
    if (kind !== 'started') continue;
    const client = clientOf(server);
    leaveBehind(() => void client.close());
    return { ...project, url: `${server}/console/`, client };
  }
  throw new Error(`the server did not start: ${complaint}`);
}

/** Resolves once the build waits for a person. */
export function waitsFor(
  client: Client,
  workflowId: string,
  kind: 'approval' | 'answers',
): Promise<void> {
  return until(async () => (await client.status({ workflowId })).awaiting?.kind === kind);
}
