import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, join, resolve } from 'node:path';
import { explained } from './spawn-command.ts';

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
