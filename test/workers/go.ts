import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

export const GO_WORKER = join(import.meta.dirname, '../../examples/go-worker');

/** Whether Go is there. In CI it has to be. */
export function hasGo(): boolean {
  try {
    execFileSync('go', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    return process.env['CI'] === 'true';
  }
}
