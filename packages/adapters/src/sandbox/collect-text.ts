import type { ChildProcess } from 'node:child_process';

/** More than the sandbox prints. */
const MOST_CHARACTERS = 64 * 1024;

/** Reads a pipe of a process. Returns a function that returns the text so far. */
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
