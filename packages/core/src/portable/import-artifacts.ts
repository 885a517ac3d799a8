import { BatonError } from '../model/errors.ts';
import type { ArtifactStore } from '../ports/artifact-store.ts';
import { readArtifactsFile } from './read-artifacts-file.ts';

/** Result of {@link importArtifacts}. */
export interface ImportedArtifacts {
  readonly artifacts: number;
  /** Of their contents. */
  readonly bytes: number;
}

/**
 * Writes artifacts from their file into a store. All of the file is checked first, and read a second time then, so
 * that one artifact is held at a time. Those that are there already stay as they are.
 *
 * @param open reads the file from its beginning on.
 * @param workflowId whose they have to be. Default: any.
 * @throws BatonError `invalid_input` for a file that is damaged or of another workflow: nothing is written then;
 * `limit_exceeded` when the store takes no more of the workflow; `unavailable`.
 * @example
 * import { createReadStream } from 'node:fs';
 * import { type ArtifactStore, importArtifacts } from '@baton/core';
 * declare const artifacts: ArtifactStore;
 * await importArtifacts(artifacts, () => createReadStream('wf_1.artifacts.ndjson'));
 */
export async function importArtifacts(
  artifacts: Pick<ArtifactStore, 'write' | 'supersede'>,
  open: () => AsyncIterable<string | Uint8Array>,
  workflowId?: string | undefined,
): Promise<ImportedArtifacts> {
  for await (const { artifact } of readArtifactsFile(open())) {
    if (workflowId === undefined || artifact.workflowId === workflowId) continue;
    const message = `the artifacts are those of workflow ${artifact.workflowId}, expected ${workflowId}`;
    throw new BatonError('invalid_input', message);
  }
  const states = new Set<string>();
  const superseded: { workflowId: string; state: string; epoch: number; attempt: number }[] = [];
  let count = 0;
  let bytes = 0;
  for await (const { artifact, content } of readArtifactsFile(open())) {
    const { digest, size, truncated, superseded: isSuperseded, ...meta } = artifact;
    const written = await artifacts.write(meta, content, { truncated });
    if (written.digest !== digest) {
      const message = `the store keeps no more than ${written.size} of the ${size} bytes of '${meta.name}': raise its maxArtifactBytes`;
      throw new BatonError('limit_exceeded', message);
    }
    states.add(meta.state);
    const { state, epoch, attempt } = meta;
    if (isSuperseded) superseded.push({ workflowId: meta.workflowId, state, epoch, attempt });
    count++;
    bytes += size;
  }
  // What supersedes one supersedes the earlier attempts at its state in its epoch as well.
  for (const { workflowId, state, epoch, attempt } of superseded) {
    await artifacts.supersede(workflowId, {
      ...{ state, epoch, attempt: attempt + 1, accepted: [...states] },
    });
  }
  return { artifacts: count, bytes };
}
