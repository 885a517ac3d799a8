import { renameSync, rmSync, writeFileSync } from 'node:fs';

/** Writes all of `text` or nothing, even if the process dies. Two processes that write at once each have a file. */
export function writeWhole(path: string, text: string, mode = 0o666): void {
  const unfinished = `${path}.${process.pid}`;
  try {
    writeFileSync(unfinished, text, { mode });
    renameSync(unfinished, path);
  } catch (reason) {
    rmSync(unfinished, { force: true });
    throw reason;
  }
}
