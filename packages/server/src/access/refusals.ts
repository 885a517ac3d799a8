import { BatonError, type Permission } from '@baton/core';
import type { Caller } from './caller.ts';

export function denied({ name }: Caller, why: string, legal: readonly string[] = []): BatonError {
  return new BatonError('permission_denied', `'${name}' may not do that: ${why}`, { legal });
}

export function lacksPermission(caller: Caller, needed: Permission): BatonError {
  const { permissions } = caller.grant;
  const why = `it needs the permission '${needed}', found ${permissions.join(', ')}`;
  return denied(caller, why, permissions);
}

/** What is in other projects is not there: this is said of what does not exist as well. */
export function hiddenProject(projectId: string): BatonError {
  return new BatonError('not_found', `there is no project '${projectId}'`, {
    metadata: { projectId },
  });
}
