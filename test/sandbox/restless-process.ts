/*
 * Changes files of a build at given times, in every worktree that it can reach, until it is ended:
 * `restless-process.ts <changes as JSON>`.
 */
import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  existsSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** What is done to a file; all but `write` put back what was there. */
export const CHANGES = ['write', 'swap', 'move', 'remove', 'link', 'mode', 'append'] as const;

export interface Restless {
  readonly file: string;
  readonly change: (typeof CHANGES)[number];
  /** Milliseconds before the change, and from the change until it is undone. */
  readonly after: number;
  readonly during: number;
}

const OTHER = 'written by no author\n';

async function disturb(path: string, { change, during }: Restless): Promise<void> {
  if (!existsSync(path)) return;
  const kept = `${path}.left`;
  const bytes = readFileSync(path);
  if (change === 'write') writeFileSync(path, OTHER);
  if (change === 'append') appendFileSync(path, OTHER);
  if (change === 'swap') writeFileSync(path, OTHER);
  if (change === 'mode') chmodSync(path, 0o755);
  if (change === 'remove') rmSync(path);
  if (change === 'move' || change === 'link') {
    copyFileSync(path, kept);
    renameSync(kept, path);
    writeFileSync(kept, OTHER);
    rmSync(path);
    if (change === 'link') symlinkSync(basename(kept), path);
    else renameSync(kept, path);
  }
  if (change === 'write') return;
  await sleep(during);
  if (change === 'mode') chmodSync(path, 0o644);
  else {
    rmSync(path, { force: true });
    writeFileSync(path, bytes);
  }
}

const [changes = '[]'] = process.argv.slice(2);
const here = process.cwd();
const author = here.replace(/\.checks$/, '');
const others = ['', '.checks'].map((end) => join(dirname(here), `${basename(author)}${end}`));
for (const one of JSON.parse(changes) as readonly Restless[]) {
  void sleep(one.after).then(async () => {
    for (const root of new Set([here, ...others])) {
      await disturb(join(root, one.file), one).catch(() => undefined);
    }
  });
}
// Stays alive until the sandbox ends it together with the command.
await sleep(60_000);
