import { pathBytes } from '../files/files.ts';
import { configFile, type GitSettings } from './git-settings.ts';
import type { Repository } from './repository.ts';

/** Settings to copy: identity, conversion of files and names of commits. Of programs, only filters. */
const TAKEN =
  /^(?:(?:user|author|committer)\.(?:name|email)|core\.(?:autocrlf|eol|filemode|symlinks|ignorecase|precomposeunicode|protecthfs|quotepath|checkstat|trustctime|checkroundtripencoding|longpaths|bigfilethreshold|sparsecheckout|sparsecheckoutcone)|filter\.[\s\S]+\.(?:clean|smudge|process|required)|branch\.[\s\S]+\.(?:remote|merge)|i18n\.(?:commitencoding|logoutputencoding))$/;

/** Settings of a remote to copy: none that name programs, at either end. */
const OF_REMOTE = /^remote\.([\s\S]+)\.(?:url|pushurl|fetch|tagopt|promisor|partialclonefilter)$/;
const ADDRESS = /^remote\.([\s\S]+)\.(?:url|pushurl)$/;

/**
 * The configuration of a git folder for roles: what git needs to show a clean tree, the identity, and the
 * addresses of remotes. It leaves out hooks, helpers, includes and passwords.
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
    // The reflog keeps an attempt's commits findable, so git must not collect them.
    ['core.logAllRefUpdates', 'true'],
    ['gc.auto', '0'],
    ['maintenance.auto', 'false'],
  ]);
}

/** Whether an address contains a password or token, or is a program. */
function mayNotBeTold(address: string): boolean {
  if (/^[^/:@]+::/.test(address)) return true;
  const [, scheme = '', authority = '', rest = ''] =
    /^([a-z][a-z\d+.-]*):\/\/([^/?#]*)(.*)$/i.exec(address) ?? [];
  const at = authority.lastIndexOf('@');
  const user = at < 0 ? '' : authority.slice(0, at);
  // Over ssh, a user name is no secret; over HTTP it may be a token.
  return /^ssh$|\+ssh$/i.test(scheme) ? user.includes(':') : user !== '' || rest.includes('?');
}
