import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFolderArtifactStore } from '@baton/adapters/artifacts';
import type { ArtifactMeta, ArtifactStore } from '@baton/core';
import type { ServerOptions } from '@baton/server';
import { onTestFinished } from 'vitest';
import { aBuild, startServer, type TestServer } from './start-server.ts';

export interface ArtifactServer extends TestServer {
  readonly workflowId: string;
  readonly artifacts: ArtifactStore;
  readonly folder: string;
  /** Keeps an artifact of the workflow. */
  keep(content: string | Uint8Array, meta?: Partial<ArtifactMeta>): Promise<void>;
}

/** A server with a workflow and a folder of artifacts. */
export async function startArtifactServer(
  options: Partial<ServerOptions> = {},
): Promise<ArtifactServer> {
  const folder = mkdtempSync(join(tmpdir(), 'baton-artifacts-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const artifacts = await createFolderArtifactStore({ folder });
  onTestFinished(() => artifacts.close());
  const server = await startServer({ artifacts, ...options });
  const { workflowId } = await server.orchestrator.start({ ...aBuild, buildId: 'b1' });
  return {
    ...{ ...server, workflowId, artifacts, folder },
    async keep(content, meta = {}) {
      const all: ArtifactMeta = {
        ...{ workflowId, projectId: 'shop', state: 'testing', role: 'test_auditor' },
        ...{ epoch: 1, attempt: 1, kind: 'output', name: 'test: unit', mediaType: 'text/plain' },
        ...{ treeDigest: 'abc', createdAt: 1_700_000_000_000, ...meta },
      };
      await artifacts.write(all, typeof content === 'string' ? Buffer.from(content) : content);
    },
  };
}
