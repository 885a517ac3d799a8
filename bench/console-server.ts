import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { createFolderArtifactStore } from '@baton/adapters/artifacts';
import { createMemoryStore, createOrchestrator, type Orchestrator } from '@baton/core';
import { createServer } from '@baton/server';

export interface Sizes {
  readonly builds: number;
  readonly events: number;
  readonly megabytes: number;
}

export interface ConsoleServer {
  /** Of the console. */
  readonly url: string;
  /** The workflow with the many events and the large diff. */
  readonly longId: string;
  stop(): Promise<void>;
}

/** One build of so many has failed. */
export const FAILED_OF = 10;

/** Builds are `build-00000` and so on; the last ones are the newest. */
export const nameOf = (number: number) => `build-${String(number).padStart(5, '0')}`;

export const LONG_BUILD = 'long-build';

const CHANGED = { commit: 'commit', digest: 'tree' };

/** A server of its own with many builds, and one long build among the newest. */
export async function serveMany({ builds, events, megabytes }: Sizes): Promise<ConsoleServer> {
  const baton = createOrchestrator({ store: await createMemoryStore() });
  const folder = mkdtempSync(join(tmpdir(), 'baton-bench-console-'));
  const artifacts = await createFolderArtifactStore({ folder });
  for (let number = 0; number < builds; number++) {
    const workflowId = await start(baton, nameOf(number));
    if (number % FAILED_OF === 0) await fail(baton, workflowId);
  }
  // Not in the same millisecond as the others: it is the newest.
  await setTimeout(5);
  const longId = await start(baton, LONG_BUILD);
  await makeEvents(baton, longId, events);
  await artifacts.write(
    {
      ...{ workflowId: longId, projectId: 'shop', state: 'discovery', role: 'q_assistant' },
      ...{ epoch: 1, attempt: 1, kind: 'diff', name: 'changes.diff', mediaType: 'text/x-diff' },
      ...{ treeDigest: CHANGED.digest, createdAt: Date.now() },
    },
    Buffer.from(diffOf(megabytes * 1_000_000)),
  );
  const server = await createServer({ orchestrator: baton, artifacts, grpcPort: 0, httpPort: 0 });
  return {
    url: `http://127.0.0.1:${server.httpPort}/console/`,
    longId,
    async stop() {
      await server.stop();
      await artifacts.close();
      rmSync(folder, { recursive: true });
    },
  };
}

async function start(baton: Orchestrator, buildId: string): Promise<string> {
  const requirements = { request: 'Build me a dark mode feature' };
  const asked = { projectId: 'shop', buildId, userId: 'ada', requirements };
  return (await baton.start(asked)).workflowId;
}

async function fail(baton: Orchestrator, workflowId: string): Promise<void> {
  await baton.advance({
    ...{ workflowId, role: 'q_assistant', completedState: 'discovery', nextState: 'error' },
    result: { reason: 'nothing to do' },
  });
}

/** Claims that are given back make two events each, and count as no attempt. */
async function makeEvents(baton: Orchestrator, workflowId: string, count: number): Promise<void> {
  for (let made = 1; made < count; made += 2) {
    const terms = { worker: 'w', roles: ['q_assistant'], leaseMs: 60_000 };
    const { claim } = await baton.claim({ workflowId, ...terms });
    const given = { code: 'cancelled', message: 'given back', retryable: true };
    await baton.failAttempt({ workflowId, claimToken: claim.token, ...given });
  }
  const terms = { worker: 'w', roles: ['q_assistant'], leaseMs: 60_000 };
  const { claim } = await baton.claim({ workflowId, ...terms });
  await baton.advance({
    ...{ workflowId, claimToken: claim.token, role: 'q_assistant', completedState: 'discovery' },
    ...{ result: { summary: 'faster', requirements: ['faster'] }, checkpoint: CHANGED },
  });
}

const LINES_OF_FILE = 200;

/** A diff of git of about so many bytes, in files of a few kilobytes. */
function diffOf(bytes: number): string {
  const files: string[] = [];
  let size = 0;
  for (let file = 0; size < bytes; file++) {
    const text = fileDiff(`src/module-${file}.ts`, file);
    files.push(text);
    size += text.length;
  }
  return files.join('');
}

function fileDiff(path: string, file: number): string {
  const lines = Array.from({ length: LINES_OF_FILE }, (_, line) =>
    line % 3 === 0 ? `-  const before = ${line};` : `+  const after = ${line} + ${file};`,
  );
  const removed = lines.filter((line) => line.startsWith('-')).length;
  return [
    `diff --git a/${path} b/${path}`,
    'index 1111111..2222222 100644',
    `--- a/${path}`,
    `+++ b/${path}`,
    `@@ -1,${removed} +1,${lines.length - removed} @@`,
    ...lines,
    '',
  ].join('\n');
}
