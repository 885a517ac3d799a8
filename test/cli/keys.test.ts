import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore } from '@baton/adapters/open-store';
import { createApiKeyAuthenticator } from '@baton/server';
import { describe, expect, it, onTestFinished } from 'vitest';
import { baton, documents, TIMEOUT } from './harness.ts';

const GRANT = ['--projects', 'shop,blog', '--permissions', 'read,start'];

/** The command on a database of its own. */
function onDatabase() {
  const folder = mkdtempSync(join(tmpdir(), 'baton-keys-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const url = `sqlite:${join(folder, 'baton.db')}`;
  const keys = (...args: string[]) => baton(['keys', ...args], { env: { DATABASE_URL: url } });
  return {
    url,
    keys,
    async json(...args: string[]) {
      const { code, stdout } = await keys(...args, '--json');
      expect(code).toBe(0);
      return documents(stdout)[0] as Record<string, never>;
    },
    async holder(secretKey: string) {
      const { documents, close } = await openStore(url);
      try {
        return await createApiKeyAuthenticator({ documents })(secretKey);
      } finally {
        await close();
      }
    },
  };
}

describe('baton keys', TIMEOUT, () => {
  it('creates, lists, rotates and revokes keys that a server on the store accepts', async () => {
    const { keys, json, holder } = onDatabase();
    const created = await keys('create', '--name', 'ci', ...GRANT, '--expires', '90d');
    expect([created.code, created.stdout]).toEqual([
      0,
      expect.stringMatching(/^baton_\w{16}_\w{49}\n$/),
    ]);
    expect(created.stderr).toMatch(
      /^key \w{16} of 'ci' expires .+ shown this once: keep it now\n$/,
    );
    const secretKey = created.stdout.trim();
    expect(await holder(secretKey)).toMatchObject({
      name: 'ci',
      grant: {
        projects: ['shop', 'blog'],
        permissions: ['read', 'start'],
        roles: [],
        actors: [],
        attests: false,
      },
    });
    const id = secretKey.slice(6, 22);
    const listed = await keys('list');
    expect(listed.stdout).toMatch(
      new RegExp(`^ID .+\n${id} +ci +valid +shop,blog +read,start +- `),
    );
    expect(listed.stdout).not.toContain(secretKey.slice(23));

    const rotated = await json('rotate', id, '--overlap', '1h');
    expect(rotated).toMatchObject({ key: { name: 'ci' }, replaced: { id } });
    expect(await holder(rotated['secretKey'] ?? '')).toMatchObject({ name: 'ci' });
    expect(await holder(secretKey)).toBeDefined();
    expect(await json('revoke', id)).toMatchObject({ key: { id, revokedAt: expect.any(Number) } });
    expect(await holder(secretKey)).toBeUndefined();
    const { keys: all } = (await json('list')) as unknown as { keys: { state: string }[] };
    expect(all.map(({ state }) => state).sort()).toEqual(['revoked', 'valid']);
    const again = await keys('rotate', id);
    expect([again.code, again.stdout]).toEqual([4, '']);
    expect(again.stderr).toContain('was revoked');
  });

  it('takes all for any, and everything that a grant has', async () => {
    const { keys, holder } = onDatabase();
    const given = ['--roles', '*', '--actors', 'ada,grace', '--attests'];
    const created = await keys(
      ...['create', '--name', 'r', '--projects', 'all', '--permissions', 'all', ...given],
    );
    expect(created.stderr).toMatch(/^key \w{16} of 'r' never expires; it is shown this once/);
    expect(await holder(created.stdout.trim())).toMatchObject({
      grant: {
        projects: '*',
        permissions: ['read', 'start', 'perform', 'steer', 'decide'],
        roles: '*',
        actors: ['ada', 'grace'],
        attests: true,
      },
    });
  });

  it.each([
    [['create', ...GRANT], '--name: is missing'],
    [['create', '--name', 'a', '--permissions', 'read'], '--projects: is missing'],
    [['create', '--name', 'a', '--projects', 'all'], 'expected some of read, start'],
    [['create', '--name', 'a', '--projects', 'p', '--permissions', 'fly'], 'start'],
    [['create', 'x', '--name', 'a', ...GRANT], 'create takes none'],
    [['create', '--name', 'a', ...GRANT, '--expires', '90'], 'such as 90d'],
    [['create', '--name', 'a', ...GRANT, '--overlap', '1h'], '--overlap: goes with rotate only'],
    [['list', '--expires', '1d'], '--expires: goes with create and rotate only'],
    [['rotate'], 'rotate needs one'],
    [['revoke', '--name', 'x'], 'revoke needs one'],
    [['delete', 'x'], 'create, list, rotate, revoke'],
    [['create', '--name', 'a', ...GRANT, '--database', 'memory:'], 'memory: keeps nothing'],
    [['create', '--name', 'a', ...GRANT, '--database', 'mysql://h/d'], 'DATABASE_URL: found'],
  ])('refuses %j with the reason', async (args, found) => {
    const { keys } = onDatabase();
    const { code, stdout, stderr } = await keys(...args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(found);
  });

  it('finds no key where there is none, and no database', async () => {
    const { keys } = onDatabase();
    const nothing = await keys('list');
    expect([nothing.code, nothing.stderr]).toEqual([
      3,
      expect.stringContaining('there is no database at'),
    ]);
    await keys('create', '--name', 'ci', ...GRANT);
    const unknown = await keys('revoke', '0123456789abcdef');
    expect([unknown.code, unknown.stderr]).toEqual([
      3,
      expect.stringContaining("no API key with the id '0123456789abcdef'"),
    ]);
  });
});
