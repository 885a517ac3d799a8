import { runCommand } from '@baton/adapters/command';

const TIMEOUT_MS = 5_000;

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
export async function programVersion(
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
