import { spawnSync } from 'node:child_process';
import { delimiter, join } from 'node:path';

export const root = join(import.meta.dirname, '..');

const bin = join(root, 'node_modules', '.bin');
const env = { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH}` };

/** Runs a command in the foreground; true when it exits with 0. */
export function run(command: string, args: readonly string[], cwd = root): boolean {
  const { error, status } = spawnSync(command, args, { cwd, env, stdio: 'inherit' });
  if (error) throw error;
  return status === 0;
}

/**
 * Runs a command whose output matters only when it fails; true when it exits with 0.
 *
 * @param environment default: that of this process, with the tools of this repository on PATH.
 */
export function runQuietly(
  command: string,
  args: readonly string[],
  cwd = root,
  environment: NodeJS.ProcessEnv = env,
): boolean {
  const { error, status, stdout, stderr } = spawnSync(command, args, { cwd, env: environment });
  if (error) throw error;
  if (status !== 0) process.stderr.write(Buffer.concat([stdout, stderr]));
  return status === 0;
}

/** What a command prints, trimmed; nothing when it fails. */
export function read(
  command: string,
  args: readonly string[],
  cwd = root,
  environment: NodeJS.ProcessEnv = env,
): string {
  const { status, stdout } = spawnSync(command, args, { cwd, env: environment, encoding: 'utf8' });
  return status === 0 ? stdout.trim() : '';
}
