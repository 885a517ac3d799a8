import type { ChildProcess } from 'node:child_process';

/** More than the wall has to say. */
const MOST_CHARACTERS = 64 * 1024;

/** Reads a pipe of a process; the returned function answers what has come. */
export function collectText(pipe: ChildProcess['stdio'][number]): () => string {
  let text = '';
  if (pipe !== null && pipe !== undefined && 'on' in pipe) {
    pipe.on('data', (chunk: Buffer) => {
      if (text.length < MOST_CHARACTERS) text += chunk.toString('utf8');
    });
    pipe.on('error', () => {});
  }
  return () => text;
}
