import { isAbsolute } from 'node:path';
import { runCommand } from '@baton/adapters/command';
import { BatonError } from '@baton/core';
import { findProgram } from '../host/find-program.ts';
import { askGit } from '../state/git.ts';
import type { Finding } from './finding.ts';

export interface Surroundings {
  readonly workspace: string;
  /** Patterns of files that belong to no build. */
  readonly ignored: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The install command. Undefined when there is none. */
  readonly install?: readonly string[] | undefined;
}

/** Checks whether builds will find a program. They have PATH and the committed files. */
export async function checkProgram(
  program: string,
  { workspace, ignored, env, install = [] }: Surroundings,
): Promise<Omit<Finding, 'name'>> {
  const inWorkspace = program.includes('/') && !isAbsolute(program);
  const [folder = ''] = program.replace(/^\.\//, '').split('/');
  // A build uses what its own installation makes, so the file in this checkout does not matter.
  if (inWorkspace && /^\.(venv|baton-tools)$/.test(folder) && install.join(' ').includes(folder)) {
    return { verdict: 'ok', found: `${program}, which commands.install makes for each build` };
  }
  const path = findProgram(program, workspace, env);
  if (path === undefined) {
    const found = `there is no program '${program}'${program.includes('/') ? '' : ' on PATH'}`;
    return { verdict: 'problem', found, advice: 'install it' };
  }
  const committed: Omit<Finding, 'name'> = { verdict: 'ok', found: path };
  if (!inWorkspace) {
    try {
      const version = await programVersion(program, path, env);
      return version === undefined ? committed : { verdict: 'ok', found: `${path} (${version})` };
    } catch (reason) {
      const found = `${path} cannot be run: ${BatonError.from(reason).message}`;
      return { verdict: 'problem', found, advice: 'install it anew' };
    }
  }
  // Without a commit, or where git refuses, the finding about the workspace says so.
  const head = await askGit(workspace, ['rev-parse', '--verify', '--quiet', 'HEAD^{commit}']);
  if (head === undefined) return committed;
  const entry = (await askGit(workspace, ['ls-tree', 'HEAD', '--', program])) ?? '';
  if (entry.startsWith('100644')) {
    return {
      verdict: 'problem',
      found: `'${program}' may not be run in the last commit, which builds begin from`,
      advice: `git add --chmod=+x ${program}, and commit it`,
    };
  }
  if (entry !== '') return committed;
  const found = `'${program}' is not in the last commit, which builds begin from`;
  const patterns = ignored.flatMap((pattern) => ['--exclude', pattern]);
  const others = ['--others', '--ignored', '--exclude-standard', ...patterns];
  const made = await askGit(workspace, [
    '--literal-pathspecs',
    'ls-files',
    ...others,
    '--',
    program,
  ]);
  return made
    ? { verdict: 'warning', found, advice: 'have a command before it make it, such as an install' }
    : { verdict: 'problem', found, advice: 'commit it' };
}

const TIMEOUT_MS = 20_000;

/** Programs that say their version at once and do nothing else; others are not started. */
const KNOWN: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries(
    [
      ...['node', 'npm', 'npx', 'pnpm', 'yarn', 'bun', 'git', 'python3', 'python', 'uv', 'poetry'],
      ...['cargo', 'ruby', 'bundle', 'dotnet', 'mvn', 'gradle', 'gotestsum'],
      ...['codex-acp', 'gemini', 'opencode'],
    ].map((name) => [name, ['--version']]),
  ),
  go: ['version'],
};

/**
 * Such as `3.11.7`; undefined where it is not cheap to ask, or not told.
 *
 * @throws BatonError `invalid_input` when the program cannot be started.
 */
async function programVersion(
  name: string,
  path: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<string | undefined> {
  const args = KNOWN[name];
  if (args === undefined) return undefined;
  const { exitCode, stdout } = await runCommand({
    argv: [path, ...args],
    cwd: '/',
    env: { PATH: env['PATH'] ?? '', HOME: env['HOME'] ?? '' },
    timeoutMs: TIMEOUT_MS,
  });
  // What is wrong with a program that says none shows when it is used.
  return exitCode === 0 ? /\d+\.\d+(\.\d+)?[\w.-]*/.exec(stdout)?.[0] : undefined;
}
