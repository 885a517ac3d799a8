import { pathBytes } from '../files/file-place.ts';
import { configFile, type GitSettings } from './git-settings.ts';
import type { Repository } from './repository.ts';

/** Who commits, how files go in and out, and what names of commits mean. Of programs, filters alone. */
const TAKEN =
  /^(?:(?:user|author|committer)\.(?:name|email)|core\.(?:autocrlf|eol|filemode|symlinks|ignorecase|precomposeunicode|protecthfs|quotepath|checkstat|trustctime|checkroundtripencoding|longpaths|bigfilethreshold|sparsecheckout|sparsecheckoutcone)|filter\.[\s\S]+\.(?:clean|smudge|process|required)|branch\.[\s\S]+\.(?:remote|merge)|i18n\.(?:commitencoding|logoutputencoding))$/;

/** What of a remote is taken: neither the programs at its other end nor those on the way. */
const OF_REMOTE = /^remote\.([\s\S]+)\.(?:url|pushurl|fetch|tagopt|promisor|partialclonefilter)$/;
const ADDRESS = /^remote\.([\s\S]+)\.(?:url|pushurl)$/;

/**
 * The settings of a git folder that roles work with: what git needs to show a clean tree there, who
 * commits, and where the remotes are. Hooks, helpers of any kind, includes and passwords stay out.
 */
export function ownGitConfig(
  { config }: Pick<GitSettings, 'config'>,
  { objectFormat }: Pick<Repository, 'objectFormat'>,
  attributesFile: string,
): Buffer {
  const closed = new Set(
    config.flatMap(([key, value = '']) => {
      const remote = ADDRESS.exec(key)?.[1];
      return remote !== undefined && mayNotBeTold(value) ? [remote] : [];
    }),
  );
  const isOpen = (remote: string | undefined) => remote !== undefined && !closed.has(remote);
  const taken = config.filter(([key, value]) => {
    if (key === 'extensions.partialclone') return isOpen(value);
    return TAKEN.test(key) || isOpen(OF_REMOTE.exec(key)?.[1]);
  });
  return configFile([
    ...taken,
    ['core.repositoryFormatVersion', '1'],
    ['core.bare', 'false'],
    ['core.attributesFile', pathBytes(attributesFile)],
    ['core.protectNTFS', String(process.platform === 'win32')],
    ['extensions.objectFormat', objectFormat],
    // What an attempt committed is found again in the reflog, so nothing is collected meanwhile.
    ['core.logAllRefUpdates', 'true'],
    ['gc.auto', '0'],
    ['maintenance.auto', 'false'],
  ]);
}

/** Whether an address holds a password or token, or is a program. */
function mayNotBeTold(address: string): boolean {
  if (/^[^/:@]+::/.test(address)) return true;
  const [, scheme = '', authority = '', rest = ''] =
    /^([a-z][a-z\d+.-]*):\/\/([^/?#]*)(.*)$/i.exec(address) ?? [];
  const at = authority.lastIndexOf('@');
  const user = at < 0 ? '' : authority.slice(0, at);
  // Over ssh the user's name is no secret; over HTTP it may be a token.
  return /^ssh$|\+ssh$/i.test(scheme) ? user.includes(':') : user !== '' || rest.includes('?');
}
