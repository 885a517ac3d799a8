import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { extname, isAbsolute, resolve as resolvePath } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cleanEnvironment } from './environment.ts';
import { executeGit, type GitEnd, type GitRun } from './execute-git.ts';

/*
 * Node starts a program by a copy of its whole process: with 200 MB of memory that holds the event loop for about 6 ms,
 * with 600 MB for 12 ms, and a build runs git some hundred times. So git is run by a small process, which is
 * started once for all runs of this one.
 */

/** What the small process is told. */
export type ToGitProcess =
  | { readonly kind: 'run'; readonly id: number; readonly run: GitRun }
  | { readonly kind: 'end'; readonly id: number };

/** What it says. */
export type FromGitProcess =
  | { readonly kind: 'ready' }
  | { readonly kind: 'ended'; readonly id: number; readonly end: GitEnd };

/** With fewer runs, to start the small process would cost more than it saves. */
const FEW_RUNS = 16;
const LOST: GitEnd = {
  code: -1,
  stdout: Buffer.of(),
  stderr: 'the process that runs git has ended',
};

interface GitHost {
  execute(run: GitRun, signal: AbortSignal | undefined): Promise<GitEnd>;
}

let host: GitHost | undefined;
/** Since there was no host; NaN: there will be none. */
let runs = 0;

/** Runs git, by the small process once there is one. `signal` ends it, and what it has started. */
export function runGit(run: GitRun, signal?: AbortSignal): Promise<GitEnd> {
  if (host !== undefined) return host.execute(run, signal);
  runs += 1;
  if (runs === FEW_RUNS) {
    try {
      startHost();
    } catch {
      // Such as by a bundle that does not know its own address, or where nothing may be read beside it.
      runs = Number.NaN;
    }
  }
  return executeGit(run, signal);
}

/** Until the process is ready, and wherever it cannot be started, git is a child of this process. */
function startHost(): void {
  const file = fileURLToPath(new URL(`./git-process${extname(import.meta.url)}`, import.meta.url));
  // Bundled with an application, the file is not there; other runtimes start programs in other ways.
  const isNode = !['bun', 'deno', 'electron'].some((name) => name in process.versions);
  if (!isNode || !existsSync(file)) return;
  const child = spawn(process.execPath, [file], {
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    serialization: 'advanced',
    env: cleanEnvironment(process.env),
    windowsHide: true,
  });
  const waiting = new Map<number, (end: GitEnd) => void>();
  keepAlive(child, false);
  child.on('message', (message: FromGitProcess) => {
    if (message.kind === 'ready') {
      host = hostBy(child, waiting);
      return;
    }
    waiting.get(message.id)?.(message.end);
  });
  const lost = (): void => {
    runs = host === undefined ? Number.NaN : 0;
    host = undefined;
    for (const settle of waiting.values()) settle(LOST);
  };
  child.once('error', lost);
  child.once('exit', lost);
}

function hostBy(child: ChildProcess, waiting: Map<number, (end: GitEnd) => void>): GitHost {
  const tell = (message: ToGitProcess): void => {
    // What is not sent is lost with the process.
    child.send(message, () => {});
  };
  let ids = 0;
  return {
    execute(asked, signal) {
      const id = ids++;
      // The process stays in the folder that it was started in.
      const cwd = isAbsolute(asked.cwd) ? asked.cwd : resolvePath(asked.cwd);
      const run = { ...asked, cwd };
      return new Promise((resolve) => {
        const endEarly = (): void => tell({ kind: 'end', id });
        waiting.set(id, (end) => {
          waiting.delete(id);
          if (waiting.size === 0) keepAlive(child, false);
          signal?.removeEventListener('abort', endEarly);
          resolve(end);
        });
        keepAlive(child, true);
        tell({ kind: 'run', id, run });
        signal?.addEventListener('abort', endEarly, { once: true });
        if (signal?.aborted) endEarly();
      });
    },
  };
}

/** Whether this process goes on for as long as the child does. */
function keepAlive(child: ChildProcess, isNeeded: boolean): void {
  const change = isNeeded ? 'ref' : 'unref';
  child[change]();
  child.channel?.[change]();
}
