import { createRedactor } from '@baton/adapters/secrets';
import type { Assignment, RoleAdapter, RoleContext, Workspace } from '@baton/core';
import { expect, it } from 'vitest';
import { withInstall } from './with-install.ts';

it('tells why it could not install without a part of a secret', async () => {
  const secret = 'correct-horse-battery';
  const script = `head -c 524280 /dev/zero | tr '\\0' x; printf %s "$WORD"; head -c 999999 /dev/zero | tr '\\0' y; exit 1`;
  const install = { name: 'install', argv: ['sh', '-c', script], env: { WORD: secret } };
  const adapter: RoleAdapter = {
    role: 'test_auditor',
    perform: () => expect.fail('not installed'),
  };
  const installing = withInstall(adapter, install, (reason, details) => ({
    kind: 'request_retry',
    reason,
    details,
  }));
  const context = {
    workspace: { path: import.meta.dirname } as Workspace,
    signal: new AbortController().signal,
    progress: () => undefined,
    redact: createRedactor({ values: [secret] }),
  };
  const outcome = await installing.perform({} as Assignment, context as unknown as RoleContext);
  expect(outcome).toMatchObject({ reason: 'the command that installs ended with exit code 1' });
  expect(JSON.stringify(outcome)).toMatch(/bytes left out/);
  expect(JSON.stringify(outcome)).not.toMatch(/correct|horse|xc/);
});
