import type { Artifact } from '../model/artifact.ts';
import type {
  ArtifactRequest,
  ListArtifactsRequest,
  ReadArtifactRequest,
} from '../model/requests.ts';
import type { ArtifactPage } from '../model/views.ts';

/** What may be read of artifacts, here or on a server. */
export interface ArtifactReading {
  /** @throws BatonError `not_found` for an unknown workflow. */
  listArtifacts(request: ListArtifactsRequest): Promise<ArtifactPage>;
  /** @throws BatonError `not_found` when the workflow has no artifact of that number. */
  getArtifact(request: ArtifactRequest): Promise<Artifact>;
  /**
   * The content, or a range of its bytes, in pieces.
   *
   * @throws BatonError when it is iterated: `not_found`, `data_loss` when it is not what was written.
   */
  readArtifact(request: ReadArtifactRequest, signal?: AbortSignal): AsyncIterable<Uint8Array>;
}
