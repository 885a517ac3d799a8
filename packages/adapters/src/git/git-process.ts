// Runs git for the process that started this one, and ends with it. See git-host.ts.
import { executeGit } from './execute-git.ts';
import type { FromGitProcess, ToGitProcess } from './git-host.ts';

const running = new Map<number, AbortController>();

process.on('message', async (message: ToGitProcess) => {
  const { id } = message;
  if (message.kind === 'end') {
    running.get(id)?.abort();
    return;
  }
  const ending = new AbortController();
  running.set(id, ending);
  const end = await executeGit(message.run, ending.signal);
  running.delete(id);
  tell({ kind: 'ended', id, end });
});

// Signals to the whole group are for the process that waits for git: it may still have to keep what was done.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
process.on('disconnect', () => process.exit());
tell({ kind: 'ready' });

function tell(message: FromGitProcess): void {
  // Who is not told would wait for good: without this process, it knows.
  process.send?.(message, undefined, undefined, (failed) => failed && process.exit(1));
}
