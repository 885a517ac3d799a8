import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import { promisify } from 'node:util';
import { createBubblewrap } from './bubblewrap.ts';
import type { Sandbox } from './sandbox.ts';

/** A sandbox of this machine, or why there is none. */
export type FoundSandbox =
  | { readonly sandbox: Sandbox; readonly version: string }
  | { readonly sandbox: undefined; readonly problem: string };

const run = promisify(execFile);

/** Milliseconds; it takes a few. */
const PROBE_TIMEOUT_MS = 10_000;

/** Puts an empty wall up once, for programs that are there may be forbidden to. */
export async function findSandbox(
  env: Readonly<Record<string, string | undefined>>,
): Promise<FoundSandbox> {
  if (process.platform !== 'linux') {
    return { sandbox: undefined, problem: `there is none for ${process.platform} yet` };
  }
  const program = (env['PATH'] ?? '')
    .split(delimiter)
    .filter(isAbsolute)
    .map((folder) => join(folder, 'bwrap'))
    .find(isProgram);
  if (program === undefined) {
    return { sandbox: undefined, problem: 'bubblewrap is not installed: no bwrap on PATH' };
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
    return { sandbox: undefined, problem: `${program} cannot put a wall up here: ${said}` };
  }
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
