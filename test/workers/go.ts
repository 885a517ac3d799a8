import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { leaveBehind } from '../leftovers.ts';

const GO_WORKER = join(import.meta.dirname, '../../examples/go-worker');

/** Whether Go is there. In CI it has to be. */
export function hasGo(): boolean {
  try {
    execFileSync('go', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    return process.env['CI'] === 'true';
  }
}

/** Builds the worker in Go; returns the program. */
export function builtGoWorker(): string {
  const folder = mkdtempSync(join(tmpdir(), 'baton-go-'));
  leaveBehind(() => rmSync(folder, { recursive: true }));
  const program = join(folder, 'go-worker');
  execFileSync('go', ['build', '-buildvcs=false', '-o', program, '.'], { cwd: GO_WORKER });
  return program;
}
