import { join } from 'node:path';
import type { PublishedBy } from '@baton/core';
import { gitIn } from '../../testing/git.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import {
  cloneTestRepository,
  createTestRepository,
  type TestRepository,
} from './test-repository.ts';

/** A bare repository to travel by, and how to look at it. */
interface TestRemote {
  readonly path: string;
  git(...args: readonly string[]): string;
  /** The refs of checkpoints, each with its commit. */
  shared(): readonly string[];
}

export interface SharedBuild {
  readonly remote: TestRemote;
  /** Clones on two machines. */
  readonly one: TestRepository;
  readonly other: TestRepository;
}

/** Two clones of a repository with `files`, and their remote. */
export function createSharedBuild(files?: Readonly<Record<string, string | Buffer>>): SharedBuild {
  const origin = createTestRepository(files);
  const path = join(temporaryFolder(), 'remote.git');
  origin.git(['clone', '--quiet', '--bare', origin.path, path]);
  const git = (...args: readonly string[]) => gitIn(path, args, origin.env);
  const format = '--format=%(refname) %(objectname)';
  const shared = () =>
    git('for-each-ref', format, 'refs/baton-shared')
      .split('\n')
      .filter((line) => line !== '');
  return {
    remote: { path, git, shared },
    one: cloneTestRepository(path),
    other: cloneTestRepository(path),
  };
}

/** Of an attempt that nothing ends. */
export function by(epoch: number, attempt: number): PublishedBy {
  return { epoch, attempt, signal: new AbortController().signal };
}
