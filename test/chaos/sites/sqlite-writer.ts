import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { builtScript } from '../../../scripts/built.ts';
import type { Call } from '../call.ts';
import type { Work } from './site.ts';

const SCRIPT = await builtScript('test/chaos/sites/sqlite-writer-process.ts');

/** A process with clients that write to a SQLite file and say what they see. */
export interface SqliteWriter {
  signal(signal: NodeJS.Signals): void;
  /** Ends it at once; resolves when everything it has said has been heard. */
  kill(): Promise<void>;
  /** Lets its clients finish what they are about. */
  stop(): Promise<void>;
}

export function startSqliteWriter(path: string, work: Work): SqliteWriter {
  const { name, random, workflows, record } = work;
  const task = { path, name, workflows, seed: random.fork(name).between(0, 2 ** 31) };
  const argv = ['--no-warnings', SCRIPT, JSON.stringify(task)];
  const child = spawn(process.execPath, argv, { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(child, 'close');
  child.stdin.on('error', () => {});
  // A line that was cut off in the middle is not JSON, and says nothing.
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (line.endsWith('}')) record(heard(line));
  });

  return {
    signal: (signal) => void child.kill(signal),
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
    async stop() {
      child.stdin.end();
      await ended;
      if (child.exitCode !== 0 && child.signalCode !== 'SIGKILL') {
        throw new Error(`a writer ended with ${child.exitCode ?? child.signalCode}`);
      }
    },
  };
}

/** JSON has no infinity. */
function heard(line: string): Call {
  const call: Call = JSON.parse(line);
  return { ...call, answeredAt: call.answeredAt ?? Infinity };
}
