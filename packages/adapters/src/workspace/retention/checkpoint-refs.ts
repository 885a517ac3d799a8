import { fieldsOf, type Git, textOf } from '../../git/git.ts';
import type { Repository } from '../../git/repository.ts';

/** The ref that keeps the checkpoints of a build. */
export interface CheckpointRef {
  readonly name: string;
  /** The commit or other object that it points at. */
  readonly id: string;
  /** The date of that commit, in milliseconds since the Unix epoch; 0 for another object. */
  readonly at: number;
  /** State folder of the build that made it; undefined for commits of earlier versions, which do not say. */
  readonly state: string | undefined;
}

/** Branches with finished work. */
const HANDED_OVER = 'refs/heads/baton/';
/** Commits of a branch to compare, from its tip: the user may have added some. */
const MOST_COMMITS = 50;

/** The refs of all builds by workflow id. */
export async function checkpointRefs(
  git: Git,
  { root }: Repository,
): Promise<ReadonlyMap<string, CheckpointRef>> {
  const format =
    '--format=%(refname)%00%(objectname)%00%(committerdate:unix)%00%(trailers:key=Baton-State,valueonly,separator=%x00)';
  const listed = textOf(await git(['for-each-ref', format, 'refs/baton/'], { cwd: root }));
  const refs = new Map<string, CheckpointRef>();
  for (const line of listed.split('\n')) {
    const [name = '', id = '', seconds = '', state = ''] = line.split('\0');
    const workflowId = /^refs\/baton\/([^/]+)$/.exec(name)?.[1];
    if (workflowId !== undefined) {
      const at = Number(seconds) * 1000;
      refs.set(workflowId, { name, id, at, state: folderIn(state) });
    }
  }
  return refs;
}

/** The folder that a commit names; any program can move the ref to a commit that names none. */
function folderIn(text: string): string | undefined {
  try {
    return decodeURI(text) || undefined;
  } catch {
    return undefined;
  }
}

/**
 * Whether a branch below `baton/` has a commit in which every file that the build changed up to `checkpoint`
 * is as the build left it.
 */
export async function isHandedOver(
  git: Git,
  { root }: Repository,
  checkpoint: string,
): Promise<boolean> {
  const call = { cwd: root, env: { GIT_NO_REPLACE_OBJECTS: '1' }, accept: [128] };
  const body = await git(['show', '--no-patch', '--format=%B', checkpoint], call);
  const start = /^Baton-Start: ([0-9a-f]+)$/m.exec(textOf(body))?.[1];
  if (body.code !== 0 || start === undefined) return false;
  const differing = async (one: string, other: string): Promise<readonly string[] | undefined> => {
    const names = ['diff-tree', '-r', '-z', '--no-renames', '--name-only', one, other];
    const found = await git(names, call);
    return found.code === 0 ? fieldsOf(found) : undefined;
  };
  const changed = await differing(start, checkpoint);
  if (changed === undefined) return false;
  const works = new Set(changed);
  for (const commit of await handedOverCommits(git, root, start)) {
    const others = await differing(checkpoint, commit);
    if (others?.every((path) => !works.has(path))) return true;
  }
  return false;
}

async function handedOverCommits(
  git: Git,
  root: string,
  start: string,
): Promise<readonly string[]> {
  const call = { cwd: root, accept: [128] };
  const branches = textOf(await git(['for-each-ref', '--format=%(objectname)', HANDED_OVER], call));
  const commits = new Set<string>();
  for (const tip of branches.split('\n').filter((one) => one !== '')) {
    commits.add(tip);
    const since = ['rev-list', `--max-count=${MOST_COMMITS}`, tip, `^${start}`];
    const listed = await git(since, call);
    for (const one of textOf(listed).split('\n')) if (one !== '') commits.add(one);
  }
  return [...commits];
}

/** Bytes of the objects that only this ref keeps. Git frees them at its next garbage collection. */
export async function bytesOfRef(
  git: Git,
  { root }: Repository,
  { name }: CheckpointRef,
): Promise<number> {
  const others = ['--not', '--branches', '--tags', '--remotes', 'HEAD'];
  const measure = ['rev-list', '--objects', '--disk-usage', name, ...others];
  const found = await git(measure, { cwd: root, accept: [128] });
  return found.code === 0 ? Number(textOf(found)) : 0;
}
