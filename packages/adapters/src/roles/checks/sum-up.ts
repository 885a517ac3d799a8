import { firstOf } from '../../process/excerpt.ts';
import type { CheckRun } from './run-check.ts';

const MAX_CHARACTERS = 128 * 1024;

/** Names the failed runs in words that are the same every time. */
export function reasonOf(failed: readonly CheckRun[]): string {
  return failed.map(({ name, failure }) => failure ?? `'${name}' passed`).join('; ');
}

/** Joins the end of each run's output. */
export function detailsOf(failed: readonly CheckRun[]): string {
  const parts = failed.map(({ name, details }) => `== ${name}\n${details}`);
  return firstOf(parts.join('\n\n'), MAX_CHARACTERS);
}
