import { pathText } from '../../files/file-place.ts';
import { textOf } from '../../git/git.ts';
import { isSparse, settingIsTrue } from '../../git/git-settings.ts';
import { LINK, modeOf } from '../../git/tree-entries.ts';
import type { Examined } from './examined.ts';
import { counted, type RepositoryFeature } from './repository-feature.ts';

/** Examines which files and objects the user's checkout has, and in what form. */
export async function examineCheckout(examined: Examined): Promise<readonly RepositoryFeature[]> {
  return [
    ...sparseCheckout(examined),
    ...(await partialClone(examined)),
    ...(await shallowClone(examined)),
    ...symbolicLinks(examined),
  ];
}

function sparseCheckout({ settings }: Examined): readonly RepositoryFeature[] {
  if (!isSparse(settings)) return [];
  const found = 'builds have the files that your sparse checkout has; the others stay as they are';
  return [{ name: 'sparse checkout', verdict: 'ok', found }];
}

async function partialClone({
  git,
  repository,
  settings,
  head,
}: Examined): Promise<readonly RepositoryFeature[]> {
  const isPartial = settings.config.some(([key]) => /^remote\..*\.promisor$/i.test(key));
  if (!isPartial) return [];
  const list = ['rev-list', '--objects', '--missing=print', '--no-walk', head];
  const listed = textOf(await git(list, { cwd: repository.root })).split('\n');
  const missing = listed.filter((line) => line.startsWith('?')).length;
  const name = 'partial clone';
  if (missing === 0) {
    return [{ name, verdict: 'ok', found: 'every object of the last commit is on this machine' }];
  }
  const objects = missing === 1 ? '1 object' : `${missing} objects`;
  if (isSparse(settings)) {
    const found = `${objects} of files outside of your sparse checkout are not on this machine`;
    return [{ name, verdict: 'ok', found: `${found}, and builds leave these files alone` }];
  }
  return [
    {
      name,
      verdict: 'problem',
      found: `${objects} of the last commit are not on this machine, and builds fetch nothing`,
      advice: 'fetch them: git fetch --refetch --no-filter',
    },
  ];
}

async function shallowClone({ git, repository }: Examined): Promise<readonly RepositoryFeature[]> {
  const ask = ['rev-parse', '--is-shallow-repository'];
  if (textOf(await git(ask, { cwd: repository.root })) !== 'true') return [];
  return [{ name: 'shallow clone', verdict: 'ok', found: 'builds need the last commit only' }];
}

function symbolicLinks({ settings, entries }: Examined): readonly RepositoryFeature[] {
  const isSet = settings.config.some(([key]) => key.toLowerCase() === 'core.symlinks');
  if (!isSet || settingIsTrue(settings, 'core.symlinks')) return [];
  const links = [...entries].flatMap(([path, entry]) => (modeOf(entry) === LINK ? [path] : []));
  if (links.length === 0) return [];
  const found = `${counted('symbolic link', links.map(pathText))}: plain files in builds, as in your checkout (core.symlinks=false)`;
  return [{ name: 'symbolic links', verdict: 'ok', found }];
}
