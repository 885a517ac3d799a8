import { client } from './session.ts';

/** The text of an artifact, in pieces as they come. */
export async function* readContent(
  workflowId: string,
  number: number,
  signal: AbortSignal,
): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  for await (const piece of client().readArtifact({ workflowId, number }, signal)) {
    yield decoder.decode(piece, { stream: true });
  }
  yield decoder.decode();
}
