import { createBatonClient } from '@baton/client';
import { createMemoryStore, createOrchestrator } from '@baton/core';
import { createAccess, createApiKeys, createKeyAuthenticator } from '@baton/server';
import { describe, expect, it, onTestFinished } from 'vitest';
import { batonAlone as baton, TIMEOUT } from '../cli/harness.ts';
import { startServer } from '../interop/start-server.ts';

const DAY_MS = 86_400_000;

/** A server that asks for keys, and the key of a caller of little means. */
async function withKey() {
  const store = await createMemoryStore();
  const { documents } = store;
  const access = createAccess([createKeyAuthenticator(documents)]);
  const server = await startServer({ orchestrator: createOrchestrator({ store }), access });
  const grant = {
    projects: ['shop', 'blog'],
    permissions: ['read' as const, 'decide' as const],
    actors: '*' as const,
    performers: ['person'],
  };
  const keys = createApiKeys({ documents });
  const { key, secretKey } = await keys.create({ name: 'grace', grant, expiresInMs: DAY_MS });
  return { ...server, key, secretKey };
}

function clientOf(baseUrl: string, token?: string) {
  const client = createBatonClient({ baseUrl, token, retries: 0 });
  onTestFinished(() => client.close());
  return client;
}

describe('a caller that asks who it is', () => {
  it('is told its name, what it may do, and until when', async () => {
    const { httpUrl, key, secretKey } = await withKey();
    expect(await clientOf(httpUrl, secretKey).describeCaller()).toEqual({
      name: 'grace',
      shownBy: 'api_key',
      permissions: ['read', 'decide'],
      projects: { any: false, names: ['shop', 'blog'] },
      roles: { any: false, names: [] },
      actors: { any: true, names: [] },
      performers: { any: false, names: ['person'] },
      attests: false,
      expiresAt: key.expiresAt,
    });
    const headers = { authorization: `Bearer ${secretKey}` };
    const found = await (await fetch(`${httpUrl}/api/caller`, { headers })).json();
    const { caller } = found as { caller: object };
    expect(caller).toMatchObject({ name: 'grace', shownBy: 'api_key', projects: { any: false } });
    expect(JSON.stringify(caller)).not.toContain(secretKey.slice(-20));
  });

  it('is told nothing without a key', async () => {
    const { httpUrl } = await withKey();
    expect((await fetch(`${httpUrl}/api/caller`)).status).toBe(401);
    await expect(clientOf(httpUrl).describeCaller()).rejects.toMatchObject({
      code: 'unauthenticated',
    });
  });

  it('may do everything where the server asks no caller for anything, and is told so', async () => {
    const { httpUrl } = await startServer();
    expect(await clientOf(httpUrl).describeCaller()).toMatchObject({
      shownBy: 'nothing',
      permissions: ['read', 'start', 'perform', 'steer', 'decide'],
      projects: { any: true, names: [] },
      roles: { any: true },
      attests: true,
      expiresAt: undefined,
    });
  });
});

describe('baton whoami', TIMEOUT, () => {
  it('shows it', async () => {
    const { httpUrl, secretKey } = await withKey();
    const env = { BATON_TOKEN: secretKey, BATON_SERVER: httpUrl };
    const { code, stdout } = await baton(['whoami'], { env });
    expect(code).toBe(0);
    for (const line of [
      /name +grace/,
      /shown by +an API key/,
      /may +read, decide/,
      /in projects +shop, blog/,
      /as roles +none/,
      /in the name of +any/,
    ]) {
      expect(stdout).toMatch(line);
    }
    expect(stdout).not.toMatch(/expires +never/);
    const json = await baton(['whoami', '--json', '--server', httpUrl], { env });
    expect(JSON.parse(json.stdout)).toMatchObject({ name: 'grace', roles: { any: false } });
  });

  it('says which server it wants', async () => {
    const { code, stderr } = await baton(['whoami']);
    expect([code, stderr]).toEqual([2, expect.stringContaining('set BATON_SERVER')]);
  });
});
