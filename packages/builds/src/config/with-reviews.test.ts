import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { Assignment, Outcome, RoleContext, Workspace } from '@baton/core';
import { BatonError } from '@baton/core';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../../../adapters/src/testing/temporary-folder.ts';
import { withReviews } from './with-reviews.ts';

it('holds every role to links that stay in the workspace, whatever is protected', async () => {
  const path = temporaryFolder();
  symlinkSync('/etc/hostname', join(path, 'out'));
  const files = {
    digest: async () => 'tree',
    changedFiles: async () => ['out'],
    files: async () => ['out'],
  };
  const workspace: Partial<Workspace> = {
    ...files,
    path,
    snapshot: async () => files,
    resolve: async () => {
      throw new BatonError('invalid_input', 'it leads out');
    },
  };
  const context = { workspace, note: () => undefined } as unknown as RoleContext;
  const done: Outcome = { kind: 'advance', result: {} };
  const role = { role: 'q_assistant', perform: async () => done };
  const held = withReviews(role, { workspace: { protected: [] } as never });
  await expect(held.perform({ role: 'q_assistant' } as Assignment, context)).rejects.toThrow(
    'links lead to files that no digest covers: out -> /etc/hostname',
  );
});
