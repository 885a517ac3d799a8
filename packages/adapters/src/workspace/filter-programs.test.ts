import { chmodSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { smallBuild } from './testing/small-build.ts';
import { createTestRepository, writeFiles } from './testing/test-repository.ts';

const CLEAN = '#!/bin/sh\ntr a-z A-Z\n';
const SMUDGE = '#!/bin/sh\ntr A-Z a-z\n';

test.each([
  ['a program in a folder', './tools/clean.sh', './tools/smudge.sh'],
  ['a script at the root', 'sh clean.sh', 'sh smudge.sh'],
  [
    'a script that git finds the root for',
    'sh "$(git rev-parse --show-toplevel)/tools/clean.sh"',
    'sh "$(git rev-parse --show-toplevel)/tools/smudge.sh"',
  ],
])(
  'a filter that is %s of the repository is the one of before the build',
  async (_, clean, smudge) => {
    const files = (program: (own: string) => string) => ({
      'clean.sh': program(CLEAN),
      'smudge.sh': program(SMUDGE),
      'tools/clean.sh': program(CLEAN),
      'tools/smudge.sh': program(SMUDGE),
    });
    const repository = createTestRepository(files((own) => own));
    const { git, path, home } = repository;
    for (const name of ['clean.sh', 'smudge.sh']) chmodSync(join(path, 'tools', name), 0o755);
    git(['config', 'filter.own.clean', clean]);
    git(['config', 'filter.own.smudge', smudge]);
    git(['config', 'filter.own.required', 'true']);
    writeFiles(path, { '.gitattributes': '*.x filter=own\n', 'z.x': 'old\n' });
    git(['add', '--all']);
    git(['commit', '--quiet', '--message', 'filter']);
    const proof = join(home, 'planted-ran');
    const { provider, workspace, checkpoint, request } = await smallBuild(repository, {
      ...files(() => `#!/bin/sh\ntouch '${proof}'\ncat\n`),
      'z.x': 'new\n',
    });
    expect(git(['show', `${checkpoint.commit}:z.x`])).toBe('NEW\n');
    writeFiles(workspace.path, { 'z.x': 'spoiled\n' });
    await provider.open('w', checkpoint);
    expect(readFileSync(join(workspace.path, 'z.x'), 'utf8')).toBe('new\n');
    await provider.take(request, 'squash');
    expect(readFileSync(join(path, 'z.x'), 'utf8')).toBe('new\n');
    expect(existsSync(proof)).toBe(false);
  },
);

test('a filter finds its settings at the root as they were, and no file that a role wrote', async () => {
  const repository = createTestRepository({ '.keys': 'K' });
  const { git, path } = repository;
  git(['config', 'filter.own.clean', 'cat .keys added 2> /dev/null; cat']);
  git(['config', 'filter.own.smudge', 'cut -c2-']);
  writeFiles(path, { '.gitattributes': '*.x filter=own\n' });
  git(['add', '--all']);
  git(['commit', '--quiet', '--message', 'filter']);
  const files = { '.keys': 'evil', added: 'evil', 'a.x': 'a\n' };
  const { checkpoint } = await smallBuild(repository, files);
  expect(git(['show', `${checkpoint.commit}:a.x`])).toBe('Ka\n');
});
