import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import { pruneBuilds } from './retention/prune-builds.ts';
import {
  giveAway,
  IS_ROOT,
  NO_OTHER_USER,
  type OpenedAs,
  openAsOther,
  own,
} from './testing/open-as.ts';
import {
  createTestRepository,
  type TestRepository,
  writeFiles,
} from './testing/test-repository.ts';

// Reported here, because no test of this file runs then.
if (NO_OTHER_USER !== undefined) console.error(`SKIPPED: all of it: ${NO_OTHER_USER}`);

const FILES = { '.gitignore': 'dist/\n', 'src/a.js': 'a\n' };

/** A build opened by a user other than root, and what an attempt left in it. */
function left(spoil: (root: string) => void): { repository: TestRepository; first: OpenedAs } {
  const repository = createTestRepository(FILES);
  giveAway(repository);
  const { w: first } = openAsOther(repository, { w: [] });
  spoil(first.path);
  // Otherwise, deep or locked folders would outlive the test.
  onTestFinished(() => void execFileSync('chmod', ['-R', 'u+rwX', repository.home]));
  return { repository, first };
}

/** Creates a file in a folder of this mode. */
const folder = (name: string, mode: number) => (root: string) => {
  writeFiles(root, { [`${name}/mod/f`]: 'x' });
  own(join(root, name));
  chmodSync(join(root, name, 'mod'), mode);
};

/** Nested folders, too deep for a path to reach the innermost one. */
const deep = (name: string) => (root: string) => {
  mkdirSync(join(root, name));
  const script = `cd "$0"; i=0; while [ $i -lt 60 ]; do mkdir ${'d'.repeat(100)}; cd -P ${'d'.repeat(100)}; i=$((i+1)); done; echo x > f`;
  execFileSync('sh', ['-c', script, join(root, name)]);
  own(join(root, name));
};

const spoilSource = (root: string) => writeFileSync(join(root, 'src/a.js'), 'half');

const WRITTEN = ['src/a.js', 'src/new.js', 'new.js'];

interface Case {
  readonly spoil: (root: string) => void;
  /** Files that must be writable afterwards. Default: those that attempts usually write. */
  readonly written?: readonly string[];
  /** Whether files changed. Default: true. */
  readonly changed?: false;
}

const CASES: Readonly<Record<string, Case>> = {
  'ignored folder that is read-only': { spoil: folder('dist', 0o555) },
  'ignored folder of mode 000': { spoil: folder('dist', 0) },
  'folder that is read-only': { spoil: folder('out', 0o555) },
  'folder of mode 000': { spoil: folder('out', 0) },
  'ignored folder too deep for any path': { spoil: deep('dist') },
  'folder too deep for any path': { spoil: deep('out') },
  'file of mode 000': { spoil: (root) => chmodSync(join(root, 'src/a.js'), 0) },
  'read-only folder of the build': { spoil: (root) => chmodSync(join(root, 'src'), 0o555) },
  'folder of the build of mode 000': { spoil: (root) => chmodSync(join(root, 'src'), 0) },
  'worktree that is read-only': { spoil: (root) => chmodSync(root, 0o555) },
  'worktree of mode 000': { spoil: (root) => chmodSync(root, 0) },
  'name that is no text, in a worktree that is made anew': {
    spoil: (root) => {
      mkdirSync(join(root, 'dist'));
      writeFileSync(Buffer.concat([Buffer.from(`${root}/dist/`), Buffer.from([0xff])]), 'x');
      own(root);
      chmodSync(join(root, 'src'), 0);
    },
  },
  'read-only folder of the build where nothing was changed': {
    spoil: (root) => chmodSync(join(root, 'src'), 0o555),
    changed: false,
  },
  'read-only file of the build where nothing was changed': {
    spoil: (root) => chmodSync(join(root, 'src/a.js'), 0o444),
    changed: false,
  },
  'read-only worktree where nothing was changed': {
    spoil: (root) => chmodSync(root, 0o555),
    changed: false,
  },
  'read-only ignored folder where nothing was changed': {
    spoil: folder('dist', 0o555),
    written: ['dist/mod/f', 'dist/mod/new'],
    changed: false,
  },
  'ignored folder of mode 000 where nothing was changed': {
    spoil: folder('dist', 0),
    written: ['dist/mod/f'],
    changed: false,
  },
};

test.skipIf(NO_OTHER_USER)(
  'what an attempt made unreadable, read-only or too deep is not in the way of the next one',
  () => {
    const repository = createTestRepository(FILES);
    giveAway(repository);
    onTestFinished(() => void execFileSync('chmod', ['-R', 'u+rwX', repository.home]));
    const cases = Object.entries(CASES).map(([name, one], at) => ({ id: `w${at}`, name, ...one }));
    const first = openAsOther(repository, Object.fromEntries(cases.map(({ id }) => [id, []])));
    for (const { id, spoil, changed = true } of cases) {
      const { path = '' } = first[id] ?? {};
      if (changed) spoilSource(path);
      spoil(path);
    }
    const again = openAsOther(
      repository,
      Object.fromEntries(cases.map(({ id, written = WRITTEN }) => [id, written])),
    );
    const found = cases.map(({ id, name }) => ({ name, ...again[id] }));
    const expected = cases.map(({ id, name, written = WRITTEN }) => {
      const { path, digest } = first[id] ?? {};
      return { name, path, digest, asides: [], written };
    });
    expect(found).toEqual(expected);
  },
);

/** Settings that let root's git work in a repository of another user. */
function trusting({ home }: TestRepository): string {
  const file = join(home, 'trusting');
  writeFileSync(file, '[safe]\n\tdirectory = *\n');
  return file;
}

/** Only root can leave files of another user. */
const asRoot = test.skipIf(!IS_ROOT || NO_OTHER_USER);

asRoot.each(['dist', 'out', 'src'])(
  'files of another user in %s are set aside, named, and removed once they can be',
  async (name) => {
    const { repository, first } = left((root) => {
      spoilSource(root);
      writeFiles(root, { [`${name}/mod/f`]: 'x' });
      if (name === 'src') execFileSync('chown', ['-R', '0:0', join(root, name)]);
    });
    const { w: again } = openAsOther(repository, { w: ['src/a.js', 'src/new.js'] });
    expect(again.digest).toBe(first.digest);
    expect(again.written).toEqual(['src/a.js', 'src/new.js']);
    const [aside] = again.asides;
    expect(again.asides).toHaveLength(1);
    expect(aside?.problems.join()).toContain(`${name}/mod/f`);
    expect(existsSync(join(aside?.folder ?? '', name, 'mod/f'))).toBe(true);
    // The build is open, so only the set-aside worktree may go.
    const [pruned] = await pruneBuilds({
      repository: repository.path,
      env: { ...repository.env, GIT_CONFIG_GLOBAL: trusting(repository) },
      standingOf: async () => ({ kind: 'open', why: 'it is in testing' }),
      rules: {
        now: Date.now(),
        worktreesAfterMs: 0,
        checkpointsAfterMs: 0,
        handedOver: true,
        unknown: true,
        discard: false,
      },
    });
    expect(pruned).toMatchObject({
      removed: [{ kind: 'set aside', place: aside?.folder }],
      problems: [],
    });
    expect(existsSync(aside?.folder ?? '')).toBe(false);
    expect(existsSync(again.path)).toBe(true);
  },
);

asRoot('a folder of another user that nothing has to replace stays', () => {
  const { repository, first } = left((root) => writeFiles(root, { 'dist/data/f': 'x' }));
  const { w: again } = openAsOther(repository, { w: [] });
  expect(again).toMatchObject({ digest: first.digest, asides: [] });
  expect(existsSync(join(again.path, 'dist/data/f'))).toBe(true);
});

afterAll(() => {
  if (!IS_ROOT) {
    process.stderr.write(
      'SKIPPED: whether files of another user are set aside, which only root can try\n',
    );
  }
});
