import { createHash } from 'node:crypto';
import { canonicalJson } from '../model/canonical-json.ts';
import { BatonError } from '../model/errors.ts';
import type { ArtifactStore } from '../ports/artifact-store.ts';
import {
  ARTIFACTS_FORMAT,
  ARTIFACTS_VERSION,
  CONTENT_BYTES,
  MOST_ARTIFACT_BYTES,
} from './artifact-lines.ts';

const PAGE = 100;

/**
 * The artifacts of a workflow as the lines of a file, each with its end. They are read one by one, each content
 * compared with its digest. What is kept meanwhile may be left out.
 *
 * @throws BatonError `data_loss` for a damaged artifact; `unavailable`.
 * @example
 * import { type ArtifactStore, exportArtifacts } from '@baton/core';
 * declare const artifacts: ArtifactStore;
 * for await (const line of exportArtifacts(artifacts, 'wf_1')) process.stdout.write(line);
 */
export async function* exportArtifacts(
  artifacts: Pick<ArtifactStore, 'list' | 'read'>,
  workflowId: string,
): AsyncGenerator<string, void, undefined> {
  const hash = createHash('sha256');
  const lineOf = (document: object): string => {
    const line = `${canonicalJson(document)}\n`;
    hash.update(line);
    return line;
  };
  yield lineOf({
    kind: 'header',
    ...{ format: ARTIFACTS_FORMAT, version: ARTIFACTS_VERSION, workflowId },
  });
  let count = 0;
  for (let after = 0; ; ) {
    const page = await artifacts.list({ workflowId, after, limit: PAGE });
    for (const one of page) {
      const { number, compressedSize: _, ...artifact } = one;
      if (one.size > MOST_ARTIFACT_BYTES) throw tooLarge(one);
      yield lineOf({ kind: 'artifact', artifact });
      for await (const content of pieces(artifacts.read(one))) {
        yield lineOf({ kind: 'content', base64: content.toString('base64') });
      }
      after = number;
      count++;
    }
    if (page.length < PAGE) break;
  }
  yield lineOf({ kind: 'end', artifacts: count, digest: hash.copy().digest('hex') });
}

async function* pieces(content: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  for await (const { buffer, byteOffset, byteLength } of content) {
    for (let at = 0; at < byteLength; at += CONTENT_BYTES) {
      const length = Math.min(CONTENT_BYTES, byteLength - at);
      yield Buffer.from(buffer, byteOffset + at, length);
    }
  }
}

function tooLarge({ number, size }: { readonly number: number; readonly size: number }) {
  const message = `artifact ${number} has ${size} bytes; a file takes up to ${MOST_ARTIFACT_BYTES} of each`;
  return new BatonError('limit_exceeded', message);
}
