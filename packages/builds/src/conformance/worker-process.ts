import { endGroup, spawnCommand, trackGroup } from '@baton/adapters/command';

/** How a worker ended. */
export interface End {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** The user's worker, in a process of its own. */
export interface WorkerProcess {
  /** How it ended; undefined while it runs. */
  end(): End | undefined;
  /** The last lines that it printed. */
  lastWords(): string;
  /** Sends SIGTERM to the worker alone, as a supervisor does. */
  terminate(): void;
  /** Kills it, and what it has started. */
  kill(): Promise<void>;
}

const KEPT_CHARACTERS = 2000;
const KEPT_LINES = 4;

/** @throws BatonError `invalid_input` when it cannot be started. */
export async function startWorker(
  argv: readonly string[],
  { cwd, env }: { readonly cwd: string; readonly env: Readonly<Record<string, string>> },
): Promise<WorkerProcess> {
  let leader = 0;
  let ended: End | undefined;
  let said = '';
  const child = await spawnCommand({
    ...{ argv, cwd, env, stdin: undefined, pipes: 0 },
    onBegin: (id) => {
      leader = id;
      trackGroup(id);
    },
  });
  const hear = (chunk: Buffer): void => {
    said = `${said}${chunk}`.slice(-KEPT_CHARACTERS);
  };
  child.stdout?.on('data', hear);
  child.stderr?.on('data', hear);
  child.on('exit', (code, signal) => {
    ended = { code, signal };
  });
  if (child.exitCode !== null) ended = { code: child.exitCode, signal: child.signalCode };
  return {
    end: () => ended,
    lastWords: () => said.trim().split('\n').slice(-KEPT_LINES).join('\n'),
    terminate: () => void child.kill('SIGTERM'),
    kill: () => endGroup(leader, 0),
  };
}

export function endText({ code, signal }: End): string {
  return signal === null ? `with exit code ${code}` : `by ${signal}`;
}
