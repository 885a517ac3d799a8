import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { createBubblewrap } from './bubblewrap.ts';
import { findOnPath } from './find-on-path.ts';
import { findSrt } from './find-srt.ts';
import type { FoundSandbox } from './sandbox.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const run = promisify(execFile);

/** Milliseconds; a probe takes a few. */
const PROBE_TIMEOUT_MS = 10_000;

/**
 * Finds a sandbox on this machine and tries it once. Never throws for a missing one: the result says why
 * there is none.
 *
 * @param kind Default `auto`: bubblewrap on Linux, srt elsewhere.
 * @example
 * import { findSandbox } from '@baton/adapters/sandbox';
 * const { sandbox } = await findSandbox(process.env);
 */
export async function findSandbox(
  env: Environment,
  kind: 'auto' | 'bubblewrap' | 'srt' = 'auto',
): Promise<FoundSandbox> {
  const isLinux = process.platform === 'linux';
  if (kind === 'srt' || (kind === 'auto' && !isLinux)) return findSrt(env);
  if (isLinux) return findBubblewrap(env);
  return { sandbox: undefined, problem: `there is no bubblewrap for ${process.platform}` };
}

/** Creates an empty sandbox once: an installed bwrap may lack the permission. */
async function findBubblewrap(env: Environment): Promise<FoundSandbox> {
  const program = findOnPath('bwrap', env);
  if (program === undefined) {
    const problem = 'bubblewrap is not installed: no bwrap on PATH';
    return { sandbox: undefined, problem, advice: 'install bubblewrap' };
  }
  try {
    const apart = ['--unshare-user', '--unshare-pid', '--unshare-net', '--ro-bind', '/', '/'];
    const probe = [...apart, '--dev', '/dev', '--proc', '/proc', '--', program, '--version'];
    const { stdout } = await run(program, probe, { timeout: PROBE_TIMEOUT_MS, env: {} });
    return {
      sandbox: createBubblewrap(program, { env }),
      version: stdout.trim(),
    };
  } catch (reason) {
    const { stderr = '', message } = reason as { stderr?: string; message: string };
    const said = stderr.trim() || message;
    const problem = `${program} cannot make a sandbox here: ${said}`;
    return { sandbox: undefined, problem, advice: 'let this user make user namespaces' };
  }
}
