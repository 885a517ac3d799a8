import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFolderArtifactStore } from '@baton/adapters/artifacts';
import {
  type ArtifactMeta,
  type ArtifactStore,
  buildDefinition,
  createMemoryStore,
  createOrchestrator,
  type Orchestrator,
} from '@baton/core';

import { type BatonServer, createLog, createServer, type ServerOptions } from '@baton/server';
import { passingOutputs } from '../../packages/core/src/testing/build-outputs.ts';
import { leaveBehind } from '../leftovers.ts';

/** A server in this process that can be stopped and started again, and builds in every place. */
export interface ConsoleFixture {
  readonly baton: Orchestrator;
  readonly artifacts: ArtifactStore;
  readonly documents: Awaited<ReturnType<typeof createMemoryStore>>['documents'];
  /** Where the console is. */
  readonly url: string;
  stop(): Promise<void>;
  /** On the same port, with the same store. */
  start(): Promise<void>;
}

export async function createConsoleFixture(
  more: (documents: ConsoleFixture['documents']) => Partial<ServerOptions> = () => ({}),
): Promise<ConsoleFixture> {
  const store = await createMemoryStore();
  const approvals = [{ from: 'handoff_to_releaser', to: 'deployment', by: [] }] as const;
  const baton = createOrchestrator({ store, definitions: [buildDefinition({ approvals })] });
  const folder = mkdtempSync(join(tmpdir(), 'baton-console-'));
  const artifacts = await createFolderArtifactStore({ folder });
  leaveBehind(() => {
    void artifacts.close().finally(() => rmSync(folder, { recursive: true, force: true }));
  });
  let server: BatonServer | undefined;
  let httpPort = 0;
  const start = async () => {
    server = await createServer({
      ...{ orchestrator: baton, artifacts, grpcPort: 0, httpPort, drainSeconds: 0.2 },
      log: createLog({ level: 'silent' }),
      ...more(store.documents),
    });
    httpPort = server.httpPort;
  };
  await start();
  leaveBehind(() => void server?.stop());
  return {
    ...{ baton, artifacts, documents: store.documents, start },
    url: `http://127.0.0.1:${httpPort}/console/`,
    async stop() {
      await server?.stop();
    },
  };
}

const OWNERS = [
  ['discovery', 'q_assistant'],
  ['planning', 'q_assistant'],
  ['handoff_to_coder', 'code_writer'],
  ['implementation', 'code_writer'],
  ['handoff_to_tester', 'test_auditor'],
  ['testing', 'test_auditor'],
  ['handoff_to_verifier', 'verification_overseer'],
  ['verification', 'verification_overseer'],
  ['handoff_to_releaser', 'release_manager'],
] as const;

const LEASE_MS = 3_600_000;

interface Begun {
  readonly buildId: string;
  readonly projectId?: string;
  /** The state to bring it to. Default: where it begins. */
  readonly upTo?: string;
}

/** Starts a build and performs it up to a state, each phase under a claim. @returns its workflow's id. */
export async function beginBuild(
  baton: Orchestrator,
  { buildId, projectId = 'shop', upTo = 'discovery' }: Begun,
): Promise<string> {
  const requirements = { request: 'Build me a dark mode' };
  const { workflowId } = await baton.start({ projectId, buildId, userId: 'ada', requirements });
  await performUpTo(baton, workflowId, upTo, 'tree-one');
  return workflowId;
}

/** Performs a build from where it is up to a state, which is not performed. @param digest of its workspace. */
export async function performUpTo(
  baton: Orchestrator,
  workflowId: string,
  upTo: string,
  digest: string,
): Promise<void> {
  const { state: first } = await baton.status({ workflowId });
  const begin = OWNERS.findIndex(([state]) => state === first);
  for (const [state, role] of OWNERS.slice(begin)) {
    if (state === upTo) return;
    await perform(baton, workflowId, state, role, digest);
  }
}

/** What gates want to have been run. */
const PURPOSES: Readonly<Record<string, string>> = { testing: 'test', verification: 'verify' };

async function perform(
  baton: Orchestrator,
  workflowId: string,
  state: string,
  role: string,
  digest: string,
): Promise<void> {
  const output = passingOutputs[state as keyof typeof passingOutputs];
  if (output === undefined) {
    await baton.advance({ workflowId, role, completedState: state });
    return;
  }
  const purpose = PURPOSES[state];
  const run = {
    ...{ purpose: purpose ?? '', argv: ['npm', 'run', purpose ?? ''], exitCode: 0 },
    ...{ startedAt: Date.now(), durationMs: 340, outputDigest: 'd', workspaceDigest: digest },
  };
  const usage = {
    ...{ requests: 3, inputTokens: 12_400, cachedInputTokens: 0, outputTokens: 900 },
    ...{ reasoningTokens: 0, cost: 0.04, unpricedRequests: 0 },
  };
  await baton.advance({
    ...{ workflowId, role, completedState: state, usage },
    result: purpose === undefined ? output : { ...output, evidence: [run] },
    checkpoint: { commit: `commit-of-${digest}`, digest },
    claimToken: await claimOf(baton, workflowId, role),
  });
}

/** Takes what a build is at, and holds it. @returns the token. */
export async function claimOf(baton: Orchestrator, workflowId: string, role: string) {
  const principal = { models: ['anthropic:claude'], modelFamilies: ['claude'] };
  const terms = { worker: 'worker-1', roles: [role], leaseMs: LEASE_MS, principal };
  return (await baton.claim({ workflowId, ...terms })).claim.token;
}

/** Keeps an artifact of a build. */
export async function keepArtifact(
  { artifacts }: Pick<ConsoleFixture, 'artifacts'>,
  workflowId: string,
  content: string,
  meta: Partial<ArtifactMeta> = {},
): Promise<void> {
  await artifacts.write(
    {
      ...{ workflowId, projectId: 'shop', state: 'testing', role: 'test_auditor' },
      ...{ epoch: 1, attempt: 1, kind: 'output', name: 'test', mediaType: 'text/plain' },
      ...{ createdAt: Date.now(), ...meta },
    },
    Buffer.from(content),
  );
}

const DIFF = `diff --git a/public/theme.js b/public/theme.js
index 1111111..2222222 100644
--- a/public/theme.js
+++ b/public/theme.js
@@ -1,2 +1,3 @@ export function theme(stored) {
 const THEMES = ['light', 'dark'];
-return stored;
+if (THEMES.includes(stored)) return stored;
+return 'light';
`;

/** Builds in every place that pages show: at work, waiting for answers and for an approval, failed, complete. */
export async function beginMany(fixture: ConsoleFixture) {
  const { baton } = fixture;
  const working = await beginBuild(baton, { buildId: 'dark-mode', upTo: 'implementation' });
  await claimOf(baton, working, 'code_writer');
  const asking = await beginBuild(baton, { buildId: 'login-with-keys', upTo: 'planning' });
  await baton.ask({
    workflowId: asking,
    claimToken: await claimOf(baton, asking, 'q_assistant'),
    questions: [
      { text: 'Which key may be lost without locking a user out?', choices: ['Any', 'None'] },
      { text: 'How long does a session last?' },
    ],
  });
  const deciding = await beginBuild(baton, { buildId: 'faster-search', upTo: 'implementation' });
  await performUpTo(baton, deciding, 'handoff_to_releaser', 'tree-two');
  await keepArtifact(fixture, deciding, DIFF, {
    kind: 'diff',
    name: 'changes.diff',
    state: 'implementation',
    role: 'code_writer',
    mediaType: 'text/x-diff',
    treeDigest: 'tree-two',
  });
  await keepArtifact(fixture, deciding, 'ok 1 finds what is there\nok 2 finds nothing else\n', {
    treeDigest: 'tree-two',
  });
  await baton.advance({
    workflowId: deciding,
    role: 'release_manager',
    completedState: 'handoff_to_releaser',
  });
  const failed = await beginBuild(baton, { buildId: 'import-of-orders', upTo: 'testing' });
  await baton.advance({
    workflowId: failed,
    role: 'test_auditor',
    completedState: 'testing',
    nextState: 'error',
    result: { reason: 'the test database cannot be reached' },
  });
  return { working, asking, deciding, failed };
}
