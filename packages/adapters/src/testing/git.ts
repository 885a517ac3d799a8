import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';

/** A user with a name, and no upkeep behind each commit. */
const SETTINGS = [
  ...['-c', 'user.name=ada', '-c', 'user.email=ada@localhost'],
  ...['-c', 'maintenance.auto=false'],
];

/** Runs git in a folder, as a user with a name, and answers what it printed. */
export function gitIn(
  folder: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): string {
  return execFileSync('git', [...SETTINGS, ...args], {
    cwd: folder,
    env,
    encoding: 'utf8',
    stdio: 'pipe',
  });
}

/** Makes an empty repository, with its folders, and answers how to run git in it. */
export function createRepository(
  folder: string,
  env: NodeJS.ProcessEnv = process.env,
): (...args: readonly string[]) => string {
  mkdirSync(folder, { recursive: true });
  const git = (...args: readonly string[]): string => gitIn(folder, args, env);
  git('init', '--quiet', '--initial-branch', 'main');
  return git;
}
