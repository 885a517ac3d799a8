import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';

/** All files, links and modes below `root`, as comparable text. */
export function photograph(root: string, folder = ''): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .filter((entry) => entry.name !== '.git')
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const name = join(folder, entry.name);
      const path = join(root, name);
      if (entry.isDirectory()) return [`${name}/`, ...photograph(root, name)];
      if (entry.isSymbolicLink()) return [`${name} -> ${readlinkSync(path)}`];
      return [`${name} ${lstatSync(path).mode & 0o100} ${readFileSync(path).toString('hex')}`];
    });
}
