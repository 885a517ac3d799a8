import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** The one with Debian's gRPC packages; another Python may come first on PATH. */
export const PYTHON = '/usr/bin/python3';

export const PYTHON_WORKER = join(import.meta.dirname, '../../examples/python-worker');

/** Whether the packages are there that the Python worker stands on. In CI they have to be. */
export function hasPythonGrpc(): boolean {
  try {
    execFileSync(PYTHON, ['-c', 'import grpc, google.protobuf'], { stdio: 'ignore' });
    return true;
  } catch {
    return process.env['CI'] === 'true';
  }
}

/** Starts a script of `examples/python-worker`; what it logs comes as stderr. */
export function startPython(script: string, env: Record<string, string>): ChildProcess {
  const child = spawn(PYTHON, [script], {
    cwd: PYTHON_WORKER,
    env: { ...process.env, PYTHONPATH: PYTHON_WORKER, PYTHONDONTWRITEBYTECODE: '1', ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  // Unread, it would fill up and stop the worker.
  child.stderr?.resume();
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}
