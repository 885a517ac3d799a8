import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { stat } from 'node:fs/promises';
import { BatonError } from '@baton/core';

export interface SpawnOptions {
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Text for stdin, or `open` to leave it to the caller; undefined: an empty stdin. */
  readonly stdin: { readonly text: string } | 'open' | undefined;
  /** Pipes beside stdin, stdout and stderr. */
  readonly pipes: number;
  /** Called with the id of the process, and so of its group, before anything else happens. */
  readonly onBegin: (leader: number) => void;
}

/** Codes with which a start fails for want of resources, so that it may succeed later. */
const TEMPORARY: ReadonlySet<string> = new Set(['EAGAIN', 'EMFILE', 'ENFILE', 'ENOMEM']);

/**
 * Starts a program as the leader of its own process group.
 *
 * @throws BatonError `invalid_input` when it cannot be started as asked, `unavailable` when the
 * system has no room for it now.
 */
export async function spawnCommand(options: SpawnOptions): Promise<ChildProcess> {
  const { argv, cwd, env, stdin, pipes, onBegin } = options;
  const [program, ...args] = argv;
  if (program === undefined || program === '') {
    throw new BatonError(
      'invalid_input',
      `cannot run ${JSON.stringify(argv)}: expected argv to begin with the name of a program`,
    );
  }
  try {
    const input = stdin === undefined ? 'ignore' : 'pipe';
    const child = spawn(program, args, {
      cwd,
      env: { ...env },
      detached: true,
      windowsHide: true,
      stdio: [input, 'pipe', 'pipe', ...Array<'pipe'>(pipes).fill('pipe')],
    });
    if (child.pid !== undefined) onBegin(child.pid);
    await once(child, 'spawn');
    // A program that reads none or part of its input closes it: its exit code tells what it makes
    // of it, not EPIPE.
    child.stdin?.on('error', () => {});
    if (stdin !== 'open') child.stdin?.end(stdin?.text);
    // From here on, what goes wrong shows in how the child ends.
    child.on('error', () => {});
    return child;
  } catch (cause) {
    throw await explained(program, options, cause);
  }
}

/** Why a program cannot be started, in words. */
export async function explained(
  program: string,
  { cwd, env }: Pick<SpawnOptions, 'cwd' | 'env'>,
  cause: unknown,
): Promise<BatonError> {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  if (TEMPORARY.has(code)) {
    return new BatonError('unavailable', `cannot start '${program}' now: ${code}`, { cause });
  }
  const problem = await describe(program, cwd, env, code, cause);
  return new BatonError('invalid_input', `cannot run '${program}': ${problem}`, {
    metadata: { program },
    cause,
  });
}

async function describe(
  program: string,
  cwd: string,
  env: Readonly<Record<string, string>>,
  code: string,
  cause: unknown,
): Promise<string> {
  const folder = await stat(cwd).catch(() => undefined);
  if (!folder?.isDirectory()) return `the folder to run it in, ${cwd}, is not there`;
  if (code === 'ENOENT' && program.includes('/')) return `there is no such file (from ${cwd})`;
  if (code === 'ENOENT') return `no such executable on PATH (${env['PATH'] ?? 'not set'})`;
  if (code === 'EACCES') return 'it is not an executable file';
  return cause instanceof Error ? cause.message : String(cause);
}
