import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import type { WorkflowStatus } from '@baton/core';

const SLUG_CHARACTERS = 40;

/**
 * The id of the build that a request asks for in a workspace: the same for the same request, so that
 * the same command finds the build that it began. Readable first, unique by its end.
 */
export function buildIdOf(request: string, workspace: string): string {
  const slug = slugOf(request);
  const source = JSON.stringify([request, workspace, hostname()]);
  const digest = createHash('sha256').update(source).digest('hex').slice(0, 8);
  return slug === '' ? `build-${digest}` : `${slug}-${digest}`;
}

/** A text in short, for names: small letters, digits and hyphens; empty where it has none. */
export function slugOf(text: string): string {
  return text
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, SLUG_CHARACTERS)
    .replace(/^-+|-+$/g, '');
}

/** The id of the nth build of one request, from 1. */
export function nthBuildId(base: string, n: number): string {
  return n === 1 ? base : `${base}-${n}`;
}

/** Whether nothing happens to a build any more unless a person asks for it. */
export function hasEnded({ state, completedAt }: WorkflowStatus): boolean {
  return completedAt !== undefined || state === 'error';
}
