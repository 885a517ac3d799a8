import { matchFolded } from '@baton/adapters/review';
import type { Config } from '../config/load-config.ts';
import { askGit } from '../state/git.ts';
import type { Finding } from './finding.ts';

/** Warns of patterns that protect no file of the last commit, which is what builds begin with. */
export async function checkProtected(
  { path, workspace: { protected: patterns } }: Pick<Config, 'path' | 'workspace'>,
  repository: string,
): Promise<readonly Finding[]> {
  const listed = await askGit(repository, [
    'ls-tree',
    '-r',
    '-z',
    '--name-only',
    '--full-tree',
    'HEAD',
  ]);
  // Without a commit, or where git refuses, there is another finding.
  if (listed === undefined) return [];
  const files = listed.split('\0').filter((file) => file !== '');
  const findings: Finding[] = [];
  for (const [index, pattern] of patterns.entries()) {
    // What takes others back matches them, too.
    const matched = await matchFolded([pattern.replace(/^!/, '')], files);
    if (matched.length > 0) continue;
    findings.push({
      name: `workspace.protected[${index}]`,
      verdict: 'warning',
      found: `${JSON.stringify(pattern)} matches no file of the last commit`,
      advice: `commit what it is for, or correct it in ${path}; it keeps such files from being added`,
    });
  }
  return findings;
}
