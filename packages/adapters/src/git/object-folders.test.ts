import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { objectFoldersOf } from './repository.ts';

it('are the folder, those it borrows from, and those that these borrow from, but not for ever', () => {
  const root = temporaryFolder();
  const at = (name: string, ...alternates: string[]): string => {
    mkdirSync(join(root, name, 'info'), { recursive: true });
    if (alternates.length > 0) {
      writeFileSync(join(root, name, 'info/alternates'), `# of\n${alternates.join('\n')}\n`);
    }
    return join(root, name);
  };
  const last = at('last');
  const middle = at('middle', '../last');
  const first = at('first', middle);
  expect(objectFoldersOf(first)).toEqual([first, middle, last]);
  const loop = at('loop', '../loop');
  expect(objectFoldersOf(loop)).toEqual(Array(6).fill(loop));
});
