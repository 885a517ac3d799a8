import type { Grant } from '@baton/core';

/** Who calls, as far as it has been shown, and what that one may do. */
export interface Caller {
  /** What the audit trail calls it. */
  readonly name: string;
  readonly shownBy: 'nothing' | 'API key' | 'token' | 'certificate';
  readonly grant: Grant;
  /** Milliseconds since the Unix epoch: when what it has shown ends. Absent: it does not. */
  readonly expiresAt?: number | undefined;
}

/** Whoever calls a server that asks nobody who they are. */
export const ANYBODY: Caller = {
  name: 'unauthenticated',
  shownBy: 'nothing',
  grant: {
    projects: '*',
    permissions: ['read', 'start', 'perform', 'steer', 'decide'],
    roles: '*',
    actors: '*',
    performers: '*',
    attests: true,
  },
};

export function isAmong(name: string, allowed: '*' | readonly string[]): boolean {
  return allowed === '*' || allowed.includes(name);
}
