import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { extname, isAbsolute, resolve as resolvePath } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cleanEnvironment } from './environment.ts';
import { executeGit, type GitEnd, type GitRun } from './execute-git.ts';

/*
 * Node starts a program by a copy of its whole process: with 200 MB of memory that holds the event loop for about 6 ms,
 * with 600 MB for 12 ms, and a build runs git some hundred times. So git is run by a small process, which is
 * started once for all runs of this one. Where that process is killed, its git goes on, and its callers are told that
 * the process has ended: as with git that is killed itself, what was done is not known.
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

/** Bytes of one run that leave the process too large to start programs cheaply. */
const LARGE_BYTES = 32 * 1024 * 1024;

interface GitHost {
  /** The user that it runs git as. */
  readonly user: number | undefined;
  execute(run: GitRun, signal: AbortSignal | undefined): Promise<GitEnd>;
  /** Has it end once it has nothing to do. */
  retire(): void;
}

let host: GitHost | undefined;
/** Since there was no host; NaN: there will be none. */
let runs = 0;

/** Runs git, by the small process once there is one. `signal` ends it, and what it has started. */
export function runGit(run: GitRun, signal?: AbortSignal): Promise<GitEnd> {
  // This process may have given up rights since.
  if (host !== undefined && host.user !== process.geteuid?.()) replace(host);
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

/** Has the next run start another host. */
function replace(old: GitHost): void {
  old.retire();
  if (host !== old) return;
  host = undefined;
  runs = FEW_RUNS - 1;
}

/** Until the process is ready, and wherever it cannot be started, git is a child of this process. */
function startHost(): void {
  const file = fileURLToPath(new URL(`./git-process${extname(import.meta.url)}`, import.meta.url));
  // Bundled with an application, the file is not there; other runtimes start programs in other ways.
  const isNode = !['bun', 'deno', 'electron'].some((name) => name in process.versions);
  if (!isNode || !existsSync(file)) return;
  const user = process.geteuid?.();
  const child = spawn(process.execPath, [file], {
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    serialization: 'advanced',
    env: cleanEnvironment(process.env),
    windowsHide: true,
  });
  const waiting = new Map<number, (end: GitEnd) => void>();
  let started: GitHost | undefined;
  keepAlive(child, false);
  child.on('message', (message: FromGitProcess) => {
    if (message.kind === 'ended') {
      waiting.get(message.id)?.(message.end);
      return;
    }
    started = hostBy(child, user, waiting);
    host = started;
  });
  const lost = (): void => {
    // What could not be started once is not tried again.
    if (started === undefined) runs = Number.NaN;
    else if (host === started) {
      host = undefined;
      runs = 0;
    }
    for (const settle of waiting.values()) settle(LOST);
  };
  child.once('error', lost);
  // Comes after all that it has said; `exit` may come before.
  child.once('disconnect', lost);
}

function hostBy(
  child: ChildProcess,
  user: number | undefined,
  waiting: Map<number, (end: GitEnd) => void>,
): GitHost {
  const tell = (message: ToGitProcess): void => {
    // What is not sent is lost with the process.
    child.send(message, () => {});
  };
  let ids = 0;
  let isRetired = false;
  const endIfIdle = (): void => {
    if (isRetired && waiting.size === 0 && child.connected) child.disconnect();
  };
  const self: GitHost = {
    user,
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
          if (bytesOf(run, end) > LARGE_BYTES) replace(self);
          endIfIdle();
        });
        keepAlive(child, true);
        tell({ kind: 'run', id, run });
        signal?.addEventListener('abort', endEarly, { once: true });
        if (signal?.aborted) endEarly();
      });
    },
    retire() {
      isRetired = true;
      endIfIdle();
    },
  };
  return self;
}

function bytesOf({ input }: GitRun, end: GitEnd): number {
  return (input?.length ?? 0) + ('stdout' in end ? end.stdout.length + end.stderr.length : 0);
}

/** Whether this process goes on for as long as the child does. */
function keepAlive(child: ChildProcess, isNeeded: boolean): void {
  const change = isNeeded ? 'ref' : 'unref';
  child[change]();
  child.channel?.[change]();
}
