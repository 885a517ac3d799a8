import { createHash } from 'node:crypto';
import {
  type Artifact,
  type ArtifactStore,
  BatonError,
  type ByteRange,
  type SupersededBy,
} from '@baton/core';
import { artifactMetaSchema, canonicalJson, present, validate } from '@baton/core/internal';
import { createBoundedOutput } from '../process/collect-output.ts';
import { checkNumber } from '../stores/check-option.ts';
import type { ArtifactBackend, NewArtifact, StoredArtifact } from './artifact-backend.ts';
import { checkQuery, checkRange, checkRef, checkSuperseding, checkWorkflowId } from './checks.ts';
import { digestOf, LINE_BYTES, MOST_ARTIFACT_BYTES } from './packing.ts';
import { prune } from './prune.ts';

/*
 * 1. What is stored is what was hashed: the digest is of the bounded content, and is compared when it is read.
 * 2. An artifact names content that is there: both are written at once, or the content first.
 * 3. Content belongs to one workflow, so that none goes or is found with another.
 */

export interface ArtifactStoreOptions {
  /** Bytes of one artifact's content, half from its beginning, half from its end. Default 16 MiB. */
  readonly maxArtifactBytes?: number | undefined;
  /** Bytes that the content of one workflow may take up, compressed. Default 512 MiB. */
  readonly maxWorkflowBytes?: number | undefined;
}

const MIB = 1024 * 1024;

/** The one place where defaults are decided. @throws BatonError `invalid_input`. */
export function resolveLimits(options: ArtifactStoreOptions) {
  const limits = { maxArtifactBytes: 16 * MIB, maxWorkflowBytes: 512 * MIB, ...present(options) };
  const { maxArtifactBytes, maxWorkflowBytes } = limits;
  checkNumber('maxArtifactBytes', maxArtifactBytes, MOST_ARTIFACT_BYTES);
  checkNumber('maxWorkflowBytes', maxWorkflowBytes, Number.MAX_SAFE_INTEGER);
  return { maxArtifactBytes, maxWorkflowBytes };
}

/** A store of artifacts over what a backend can do. */
export function createArtifactStore(
  backend: ArtifactBackend,
  { maxArtifactBytes, maxWorkflowBytes }: ReturnType<typeof resolveLimits>,
): ArtifactStore {
  let closed = false;

  /** Whatever goes wrong in here, callers hear of it as a BatonError. */
  async function guarded<T>(work: () => Promise<T>): Promise<T> {
    if (closed) throw new BatonError('unavailable', `${backend.name} is closed`);
    try {
      return await work();
    } catch (reason) {
      throw backend.explain(reason);
    }
  }

  async function told(
    workflowId: string,
    artifacts: readonly StoredArtifact[],
  ): Promise<readonly Artifact[]> {
    if (artifacts.length === 0) return [];
    const marks = await backend.marks(workflowId);
    return artifacts.map((one) => ({
      ...one,
      superseded: marks.some((by) => isSuperseded(one, by)),
    }));
  }

  async function* read(
    { workflowId, digest }: Pick<Artifact, 'workflowId' | 'digest'>,
    range: ByteRange = {},
  ): AsyncGenerator<Uint8Array> {
    checkRef(workflowId, digest);
    const { from = 0, to = Number.POSITIVE_INFINITY } = checkRange(range);
    const pieces = await guarded(() => backend.packing.read(workflowId, digest, { from, to }));
    if (pieces === undefined) {
      const message = `${backend.name} has no artifact ${digest} of workflow ${workflowId}`;
      throw new BatonError('not_found', message);
    }
    try {
      yield* pieces;
    } catch (reason) {
      throw backend.explain(reason);
    }
  }

  return {
    async write(given, source, was) {
      const meta = validate(artifactMetaSchema, given, 'the artifact');
      const wasTruncated = was?.truncated === true;
      // The line that says what is missing goes beyond the limit that it was shortened to.
      const most = maxArtifactBytes + (wasTruncated ? LINE_BYTES : 0);
      const { content, truncated } = await bounded(source, most);
      const packed = await backend.packing.pack(content);
      const artifact: Omit<NewArtifact, 'identity'> = {
        ...meta,
        digest: await digestOf(content),
        size: content.length,
        compressedSize: packed.length,
        truncated: truncated || wasTruncated,
      };
      const identity = identityOf(artifact);
      const kept = await guarded(() =>
        backend.keep({ ...artifact, identity }, packed, maxWorkflowBytes),
      );
      if (kept === undefined) {
        const message = `the artifacts of workflow ${meta.workflowId} may take up ${maxWorkflowBytes} bytes: there is no room for the ${packed.length} bytes of '${meta.name}'`;
        throw new BatonError('limit_exceeded', message);
      }
      const [one] = await guarded(() => told(meta.workflowId, [kept]));
      return one as Artifact;
    },

    read,

    async list(query) {
      checkQuery(query);
      return guarded(async () => told(query.workflowId, await backend.list(query)));
    },

    async supersede(workflowId, by) {
      checkWorkflowId(workflowId);
      const valid = checkSuperseding(by);
      return guarded(() => backend.mark(workflowId, valid));
    },

    prune: (retention) => prune(backend, retention, guarded),

    async close() {
      if (closed) return;
      closed = true;
      await backend.close();
    },
  };
}

async function bounded(source: Uint8Array | AsyncIterable<Uint8Array>, max: number) {
  const kept = createBoundedOutput({ head: Math.ceil(max / 2), tail: Math.floor(max / 2) });
  try {
    if (source instanceof Uint8Array) kept.add(viewOf(source));
    // A source may write its next piece into the same memory.
    else for await (const piece of source) kept.add(Buffer.from(piece));
  } catch (reason) {
    throw BatonError.from(reason);
  }
  return { content: kept.bytes(), truncated: kept.leftOut() > 0 };
}

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}

/** The same content under the same name of the same attempt is the same artifact. */
function identityOf(artifact: Omit<NewArtifact, 'identity'>): string {
  const { state, role, epoch, attempt, kind, name, digest } = artifact;
  const said = canonicalJson([state, role, epoch, attempt, kind, name, digest]);
  return createHash('sha256').update(said).digest('hex').slice(0, 32);
}

function isSuperseded({ epoch, attempt, state }: StoredArtifact, by: SupersededBy): boolean {
  if (epoch < by.epoch) return !by.accepted.includes(state);
  return epoch === by.epoch && state === by.state && attempt < by.attempt;
}
