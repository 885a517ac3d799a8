import type { ArtifactMeta } from '../../model/artifact.ts';
import type { ArtifactStore } from '../../ports/artifact-store.ts';

export interface ArtifactLimits {
  /** Bytes of one artifact's content. */
  readonly maxArtifactBytes?: number;
  /** Bytes that the artifacts of one workflow may take up, compressed. */
  readonly maxWorkflowBytes?: number;
}

/** What the contract suite needs of a store of artifacts: fresh for every test. */
export interface ArtifactHarness {
  readonly store: ArtifactStore;
  /** Another handle on the same data, as another process would open it. */
  another(limits?: ArtifactLimits): Promise<ArtifactStore>;
  /**
   * Leaves what a process leaves that dies while it writes an artifact of the workflow, after the content
   * and before anything names it. Absent: writing is one transaction, so that nothing is left.
   */
  readonly leaveHalfWritten?: (workflowId: string, content: Uint8Array) => Promise<void>;
  /** Changes the stored content of an artifact, as a failing disk would. */
  damage(workflowId: string, digest: string): Promise<void>;
  /** Closes every handle and removes the data. */
  destroy(): Promise<void>;
}

export type OpenArtifactHarness = () => Promise<ArtifactHarness>;

/** Runs `test` on a fresh store and cleans up after it. */
export function withArtifacts(
  open: OpenArtifactHarness,
  test: (harness: ArtifactHarness) => Promise<void>,
) {
  return async (): Promise<void> => {
    const harness = await open();
    try {
      await test(harness);
    } finally {
      await harness.destroy();
    }
  };
}

export function aMeta(overrides: Partial<ArtifactMeta> = {}): ArtifactMeta {
  return {
    workflowId: 'wf_1',
    projectId: 'shop',
    state: 'testing',
    role: 'test_auditor',
    epoch: 1,
    attempt: 1,
    kind: 'output',
    name: 'test: unit',
    mediaType: 'text/plain',
    createdAt: 1000,
    ...overrides,
  };
}

export const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

/** All of a content. */
export async function whole(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const found: Uint8Array[] = [];
  for await (const piece of pieces) found.push(piece);
  return new Uint8Array(Buffer.concat(found));
}

export async function textOf(pieces: AsyncIterable<Uint8Array>): Promise<string> {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(await whole(pieces));
}

export async function* inPieces(...pieces: readonly string[]): AsyncIterable<Uint8Array> {
  for (const piece of pieces) yield bytesOf(piece);
}
