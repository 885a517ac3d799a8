import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { toolPaths } from './tool-paths.ts';

function home(files: readonly string[], links: Readonly<Record<string, string>> = {}): string {
  const root = temporaryFolder();
  for (const path of [...files, ...Object.keys(links)]) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
  }
  for (const path of files) writeFileSync(join(root, path), '');
  for (const [path, target] of Object.entries(links)) symlinkSync(target, join(root, path));
  return root;
}

it('is the whole tool where its programs lie in a bin of its own', () => {
  const root = home(['.nvm/v24/bin/node', '.pyenv/shims/python']);
  const path = [join(root, '.nvm/v24/bin'), join(root, '.pyenv/shims'), '/usr/bin'].join(':');
  expect(toolPaths(path, [root])).toEqual([join(root, '.nvm/v24'), join(root, '.pyenv')]);
});

it.each(['bin', '.local/bin', '.cargo/bin', 'scripts'])(
  'is the folder alone where much else lies beside it: %s',
  (folder) => {
    const root = home([`${folder}/tool`]);
    expect(toolPaths(join(root, folder), [root])).toEqual([join(root, folder)]);
  },
);

it('is what links in the folder lead to as well', () => {
  const target = '.local/share/uv/tools/ruff/bin/ruff';
  const root = home([target], { '.local/bin/ruff': '../share/uv/tools/ruff/bin/ruff' });
  expect(toolPaths(join(root, '.local/bin'), [root])).toEqual([
    join(root, '.local/bin'),
    join(root, '.local/share/uv/tools/ruff'),
  ]);
});

it('is nothing of what is not hidden, or no absolute path', () => {
  expect(toolPaths('/usr/bin:bin::/nowhere', ['/home/ada'])).toEqual([]);
});

it('is the file alone where a link leads right into what is hidden', () => {
  const root = home(['greet.sh', 'shop/cli.js', 'shop/.env'], {
    'bin/greet': '../greet.sh',
    'shop/node_modules/.bin/shop': '../../cli.js',
  });
  const path = [join(root, 'bin'), join(root, 'shop/node_modules/.bin')].join(':');
  expect(toolPaths(path, [root, join(root, 'shop')])).toEqual([
    join(root, 'bin'),
    join(root, 'shop/node_modules/.bin'),
    join(root, 'greet.sh'),
    join(root, 'shop/cli.js'),
  ]);
});
