import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { read, root } from './run.ts';

/** Where this branch left main: as it was pushed, or as it is here. Empty in a clone without main. */
export function branchPoint(): string {
  return (
    read('git', ['merge-base', 'HEAD', 'origin/main']) ||
    read('git', ['merge-base', 'HEAD', 'main'])
  );
}

/** Files that differ from `base`, committed or not, new ones included; paths from the root. */
export function changedFiles(base: string): readonly string[] {
  const changed = read('git', ['diff', '--name-only', base]);
  const added = read('git', ['ls-files', '--others', '--exclude-standard']);
  const files = `${changed}\n${added}`.split('\n').filter(Boolean);
  return files.filter((file) => existsSync(join(root, file)));
}
