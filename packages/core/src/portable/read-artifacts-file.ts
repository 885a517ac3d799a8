import { createHash } from 'node:crypto';
import { BatonError } from '../model/errors.ts';
import {
  ARTIFACTS_VERSION,
  artifactLine,
  MOST_CHARACTERS,
  type PortableArtifact,
} from './artifact-lines.ts';
import { parseLine } from './parse-line.ts';
import { splitLines } from './split-lines.ts';

const FORMAT = { schema: artifactLine, version: ARTIFACTS_VERSION, refused };

export interface ReadArtifact {
  readonly artifact: PortableArtifact;
  readonly content: Buffer;
}

/**
 * The artifacts of a file, each with its content compared with its digest, one held at a time. That the file is whole
 * shows at its end.
 *
 * @throws BatonError `invalid_input` that names the line.
 */
export async function* readArtifactsFile(
  chunks: AsyncIterable<string | Uint8Array> | Iterable<string | Uint8Array>,
): AsyncGenerator<ReadArtifact, void, undefined> {
  const hash = createHash('sha256');
  let workflowId: string | undefined;
  let open:
    | { readonly artifact: PortableArtifact; readonly pieces: Buffer[]; bytes: number }
    | undefined;
  let number = 0;
  let count = 0;
  let hasEnded = false;
  for await (const text of splitLines(chunks, MOST_CHARACTERS)) {
    number++;
    if (hasEnded) throw refused(`line ${number} comes after the closing line`);
    const line = parseLine(text, number, FORMAT);
    if (line.kind !== 'content' && open !== undefined) {
      yield checked(open.artifact, Buffer.concat(open.pieces), number);
      open = undefined;
      count++;
    }
    switch (line.kind) {
      case 'header':
        workflowId = line.workflowId;
        break;
      case 'artifact':
        if (line.artifact.workflowId !== workflowId) {
          throw refused(`line ${number}: the workflow is not that of the header`);
        }
        open = { artifact: line.artifact, pieces: [], bytes: 0 };
        break;
      case 'content': {
        const piece = Buffer.from(line.base64, 'base64');
        if (open === undefined) throw refused(`line ${number} is content of no artifact`);
        open.bytes += piece.length;
        if (open.bytes > open.artifact.size) throw refused(`line ${number}: ${sizeOf(open)}`);
        open.pieces.push(piece);
        break;
      }
      case 'end':
        if (count !== line.artifacts) throw refused('it has not as many artifacts as it says');
        if (hash.digest('hex') !== line.digest) {
          throw refused('its digest is not that of its lines: it was changed or damaged');
        }
        hasEnded = true;
    }
    if (!hasEnded) hash.update(`${text}\n`);
  }
  if (!hasEnded) throw refused('it has no closing line: it is cut off');
}

function sizeOf({
  artifact,
  bytes,
}: {
  readonly artifact: PortableArtifact;
  readonly bytes: number;
}) {
  return `the artifact has ${bytes} bytes or more, expected ${artifact.size}`;
}

function checked(artifact: PortableArtifact, content: Buffer, number: number): ReadArtifact {
  const digest = createHash('sha256').update(content).digest('hex');
  if (digest === artifact.digest && content.length === artifact.size) return { artifact, content };
  throw refused(`the content before line ${number} is not that of its artifact '${artifact.name}'`);
}

function refused(problem: string, cause?: unknown): BatonError {
  return new BatonError('invalid_input', `this is no whole file of artifacts: ${problem}`, {
    cause,
  });
}
