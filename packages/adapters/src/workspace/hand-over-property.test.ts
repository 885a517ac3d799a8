import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TEST_MS } from '../testing/patience.ts';
import {
  applyChanges,
  CLEAR,
  type GeneratedBuild,
  generatedBuild,
  makeGenerated,
} from './testing/generated-repository.ts';
import { photograph } from './testing/photograph.ts';
import { createTestRepository, type TestRepository } from './testing/test-repository.ts';

/** Number of runs, set with `BATON_PROPERTY_RUNS`; a failing seed is printed. */
const RUNS = Number(process.env['BATON_PROPERTY_RUNS'] ?? 10);

/** The tree that git itself makes of the same changes in the user's worktree, with the initial attributes. */
function treeByGit(repository: TestRepository, build: GeneratedBuild, moved: string): string {
  const { git } = repository;
  const place = join(repository.home, 'by-git');
  git(['worktree', 'add', '--quiet', '--detach', place, 'HEAD']);
  const changes = build.attempts.flat();
  applyChanges(
    place,
    changes.filter(({ kind }) => kind !== 'attributes'),
  );
  const add = ['-c', 'core.safecrlf=false', '-c', 'core.fileMode=true', 'add', '--sparse'];
  const others = ['--all', '--', '.', ':(exclude,top).gitattributes'];
  git([...add, ...others], place);
  applyChanges(
    place,
    changes.filter(({ kind }) => kind === 'attributes'),
  );
  git([...add, '--', '.gitattributes'], place);
  if (build.submodule === 'moved') {
    git(['update-index', '--cacheinfo', `160000,${moved},lib`], place);
  }
  if (build.submodule === 'removed') git(['update-index', '--force-remove', 'lib'], place);
  const tree = git(['write-tree'], place).trim();
  git(['worktree', 'remove', '--force', '--force', place]);
  return tree;
}

function objectsOf({ path, env }: TestRepository): string {
  const all = ['cat-file', '--batch', '--batch-all-objects'];
  return execFileSync('git', all, { cwd: path, env, maxBuffer: 1 << 28 }).toString('latin1');
}

test(
  'what is handed over is what git makes of the changes, and nothing else, in any repository',
  async () => {
    const library = createTestRepository({ 'lib.txt': 'one\n', 'inner/two.txt': 'two\n' });
    const moved = library.git(['rev-parse', 'HEAD']).trim();
    library.commit({ 'lib.txt': 'newer\n' });
    await fc.assert(
      fc.asyncProperty(generatedBuild, async (build) => {
        const repository = makeGenerated(build, library);
        const { git, home } = repository;
        const start = git(['rev-parse', 'HEAD']).trim();
        const before = git(['status', '--porcelain', '--untracked-files=all']);
        const provider = repository.provider();
        let checkpoint: Awaited<ReturnType<typeof workspace.checkpoint>> | undefined;
        let workspace = await provider.open('w', undefined);
        if (build.submodule !== 'none') {
          const lib = join(workspace.path, 'lib');
          expect(photograph(lib)).toEqual(photograph(join(repository.path, 'lib')));
          if (build.submodule === 'moved') git(['checkout', '--quiet', '--detach', moved], lib);
          if (build.submodule === 'removed') rmSync(lib, { recursive: true });
        }
        for (const changes of build.attempts) {
          applyChanges(workspace.path, changes);
          checkpoint = await workspace.checkpoint('attempt');
          applyChanges(workspace.path, [{ kind: 'write', path: 'a.txt', text: 'spoiled' }]);
          workspace = await provider.open('w', checkpoint);
          expect(await workspace.digest()).toBe(checkpoint.digest);
        }
        if (checkpoint === undefined) throw new Error('no attempt');
        const request = {
          workflowId: 'w',
          branch: 'baton/w',
          message: 'Work',
          at: 1_000,
          checkpoint,
        };
        const { commit, parent } = await provider.handOver(request);
        expect(parent).toBe(start);
        expect(git(['rev-parse', `${commit}^`]).trim()).toBe(start);
        const byGit = treeByGit(repository, build, moved);
        const differences = git(['diff-tree', '-r', byGit, `${commit}^{tree}`]);
        expect(differences).toBe('');
        expect(git(['status', '--porcelain', '--untracked-files=all'])).toBe(before);
        expect(objectsOf(repository)).not.toContain(CLEAR);
        // The user's sparse checkout shows nothing outside of its patterns.
        const isWhole =
          !build.sparse && build.attempts.flat().every(({ kind }) => kind !== 'attributes');
        if (isWhole) {
          // A checkout gives the user exactly what was judged.
          const checkedOut = join(home, 'checked-out');
          git(['worktree', 'add', '--quiet', '--detach', checkedOut, commit]);
          const withoutLib = (lines: string[]) => lines.filter((line) => !line.startsWith('lib'));
          expect(withoutLib(photograph(workspace.path))).toEqual(
            withoutLib(photograph(checkedOut)),
          );
        }
        rmSync(join(home, '..'), { recursive: true, force: true });
      }),
      { numRuns: RUNS },
    );
  },
  TEST_MS + RUNS * 60_000,
);
