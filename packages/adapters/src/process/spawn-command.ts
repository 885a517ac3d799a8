import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, join, resolve } from 'node:path';
import { BatonError } from '@baton/core';

export interface SpawnOptions {
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Text for stdin, or `open` to leave it to the caller; undefined: an empty stdin. */
  readonly stdin: { readonly text: string } | 'open' | undefined;
  /** Pipes beside stdin, stdout and stderr. */
  readonly pipes: number;
  /** Called with the process id, which is also the group's, before anything else happens. */
  readonly onBegin: (leader: number) => void;
}

/** Error codes of a lack of resources: a later start may succeed. */
const TEMPORARY: ReadonlySet<string> = new Set(['EAGAIN', 'EMFILE', 'ENFILE', 'ENOMEM']);

/**
 * Starts a program as the leader of its own process group.
 *
 * @throws BatonError `invalid_input` when it cannot be started as asked, `unavailable` when the system lacks
 * resources for now.
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
    // A program that does not read all its input closes it. Its exit code says what that means, not EPIPE.
    child.stdin?.on('error', () => {});
    if (stdin !== 'open') child.stdin?.end(stdin?.text);
    // From here on, what goes wrong shows in how the child ends.
    child.on('error', () => {});
    return child;
  } catch (cause) {
    throw await explained(program, options, cause);
  }
}

/** Explains why a program cannot be started. */
async function explained(
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

/**
 * @throws BatonError `invalid_input` when the program of `argv` is missing or not executable, as spawning it
 * would.
 */
export async function expectProgram(
  argv: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>>,
): Promise<void> {
  const [program = ''] = argv;
  const folders = program.includes('/') ? [cwd] : (env['PATH'] ?? '').split(delimiter);
  let code = 'ENOENT';
  for (const folder of folders) {
    const path = program.includes('/') ? resolve(folder, program) : join(folder, program);
    const found = await stat(path).catch(() => undefined);
    if (found === undefined) continue;
    if (found.isFile() && (await isExecutable(path))) return;
    code = 'EACCES';
  }
  throw await explained(program, { cwd, env }, Object.assign(new Error(code), { code }));
}

function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
