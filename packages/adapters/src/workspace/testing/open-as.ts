import { execFileSync, spawnSync } from 'node:child_process';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SetAside } from '../set-aside.ts';
import type { TestRepository } from './test-repository.ts';

const PROVIDER = new URL('../git-workspace-provider.ts', import.meta.url).href;
/** The user with the lowest privileges on most systems; any user other than root works. */
const OTHER = 65_534;

/** Whether this process may become another user. */
export const IS_ROOT = process.getuid?.() === 0;

/** Why there is no user other than root to open builds as; undefined when there is one. */
export const NO_OTHER_USER =
  IS_ROOT && !otherReadsSources() ? "the sources are root's alone to read" : undefined;

function otherReadsSources(): boolean {
  const code = 'require("node:fs").accessSync(process.argv[1])';
  const other = { uid: OTHER, gid: OTHER };
  return spawnSync(process.execPath, ['-e', code, fileURLToPath(PROVIDER)], other).status === 0;
}

/** The result of opening a build. */
export interface OpenedAs {
  readonly path: string;
  readonly digest: string;
  readonly asides: readonly SetAside[];
  /** The requested paths that could be written. */
  readonly written: readonly string[];
}

/** Gives a repository and its home to a user other than root; does nothing when this process is not root. */
export function giveAway(repository: TestRepository): void {
  if (IS_ROOT) own(dirname(repository.path));
}

/** Gives a folder or file with its content to that user. */
export function own(path: string): void {
  if (IS_ROOT) execFileSync('chown', ['-hR', `${OTHER}:${OTHER}`, path]);
}

/**
 * Opens builds one after another in a process of a user other than root, and writes files there.
 *
 * @param builds the files to write, by workflow id.
 * @throws Error with the output of the process when a build cannot be opened.
 */
export function openAsOther<Id extends string>(
  repository: TestRepository,
  builds: Readonly<Record<Id, readonly string[]>>,
): Readonly<Record<Id, OpenedAs>> {
  const code = `
    import { appendFileSync } from 'node:fs';
    import { join } from 'node:path';
    import { createGitWorkspaceProvider } from ${JSON.stringify(PROVIDER)};
    const opened = {};
    for (const [id, write] of Object.entries(${JSON.stringify(builds)})) {
      const asides = [];
      const { path, digest } = await createGitWorkspaceProvider({
        repository: ${JSON.stringify(repository.path)},
        env: process.env,
        onSetAside: (aside) => asides.push(aside),
      }).open(id, undefined);
      const found = await digest();
      const written = write.filter((name) => {
        try { appendFileSync(join(path, name), 'x'); return true; } catch { return false; }
      });
      opened[id] = { path, digest: found, asides, written };
    }
    console.log(JSON.stringify(opened));
  `;
  const node = ['--conditions=baton-source', '--no-warnings', '--input-type=module', '-e', code];
  const user = ['--reuid', String(OTHER), '--regid', String(OTHER), '--clear-groups'];
  const [program, args] = IS_ROOT
    ? ['setpriv', [...user, process.execPath, ...node]]
    : [process.execPath, node];
  return JSON.parse(
    execFileSync(program, args, { env: repository.env, cwd: repository.path, encoding: 'utf8' }),
  );
}
