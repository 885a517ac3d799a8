import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMemoryStore } from '@baton/core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readConfig } from '../config.ts';
import { serve } from '../serve.ts';
import { OPEN } from './access.ts';
import { openServedAccess } from './served-access.ts';

const PEM = '-----BEGIN CERTIFICATE-----\n';
const TLS = { cert: PEM, key: PEM };
const grant = { projects: '*', permissions: ['read'] };

/** The path of a file with this document. */
function file(document: unknown): string {
  const folder = mkdtempSync(join(tmpdir(), 'baton-access-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'ca.pem'), PEM);
  const path = join(folder, 'access.json');
  writeFileSync(path, typeof document === 'string' ? document : JSON.stringify(document));
  return path;
}

async function opened(access: string, tls: typeof TLS | undefined = undefined) {
  return openServedAccess({ access, tls }, (await createMemoryStore()).documents);
}

describe('BATON_ACCESS', () => {
  it.each([
    [{}, 'open'],
    [{ BATON_HOST: '::1' }, 'open'],
    [{ BATON_HOST: '0.0.0.0' }, 'api-keys'],
    [{ BATON_HOST: 'baton.example' }, 'api-keys'],
    [{ BATON_HOST: '0.0.0.0', BATON_ACCESS: 'open' }, 'open'],
    [{ BATON_ACCESS: 'api-keys' }, 'api-keys'],
    [{ BATON_ACCESS: '/etc/baton/access.json' }, '/etc/baton/access.json'],
  ])('%j means %s', (environment, access) => {
    expect(readConfig(environment).access).toBe(access);
  });

  it('asks nobody, or for API keys', async () => {
    expect((await opened('open')).access).toBe(OPEN);
    const { access, description } = await opened('api-keys');
    expect(description).toBe('API keys');
    await expect(
      access.callerOf({ authorization: undefined, certificate: () => undefined }),
    ).rejects.toMatchObject({
      code: 'unauthenticated',
      message: 'expected an API key, found nothing',
    });
  });

  it('names issuers, certificates and ceilings in a file', async () => {
    const path = file({
      apiKeys: false,
      issuers: [{ issuer: 'https://id.example', audience: 'baton', grants: [{ grant }] }],
      certificates: { authority: 'ca.pem', grants: [{ subject: 'ci', grant }] },
      ceilings: { budgets: { tokens: 5, wallSeconds: 1.5 }, maxRetries: 2, timeoutSeconds: 60 },
    });
    expect(await opened(path, TLS)).toMatchObject({
      description: 'tokens of https://id.example, client certificates',
      ceilings: { budgets: { tokens: 5, wallMs: 1500 }, maxRetries: 2, timeoutMs: 60_000 },
      tls: { ...TLS, clientAuthority: PEM },
    });
  });

  const issuer = { issuer: 'https://id.example', audience: 'baton', grants: [{ grant }] };
  it.each<[string, unknown, string]>([
    ['is no JSON', '{', 'not JSON'],
    ['has an unknown key', { apikeys: true }, 'apikeys: unknown key; expected one of'],
    ['lets nobody in', { apiKeys: false }, 'nobody could call'],
    [
      'takes a shared secret',
      { issuers: [{ ...issuer, algorithms: ['HS256'] }] },
      'issuers[0].algorithms[0]: found "HS256"; expected one of',
    ],
    [
      'reads keys in clear',
      { issuers: [{ ...issuer, jwksUri: 'http://id.example/keys' }] },
      'issuers[0].jwksUri: expected https',
    ],
    [
      'grants what there is not',
      { issuers: [{ ...issuer, grants: [{ grant: { ...grant, permissions: ['admin'] } }] }] },
      'found "admin"; expected one of read, start, perform, steer, decide',
    ],
    [
      'grants no project',
      { issuers: [{ ...issuer, grants: [{ grant: { ...grant, projects: [] } }] }] },
      'expected one project at least',
    ],
    [
      'asks for certificates without TLS',
      { certificates: { authority: 'ca.pem', grants: [{ subject: 'ci', grant }] } },
      'found client certificates without BATON_TLS_CERT, expected both or neither',
    ],
    [
      'names an authority that is not there',
      { certificates: { authority: 'no.pem', grants: [{ subject: 'ci', grant }] } },
      'no such file',
    ],
  ])('refuses a file that %s', async (_, document, message) => {
    await expect(opened(file(document))).rejects.toThrow(message);
  });

  it('refuses a file that is not there', async () => {
    await expect(opened('/nowhere/access.json')).rejects.toThrow(
      'BATON_ACCESS: /nowhere/access.json: ENOENT',
    );
  });
});

it('says how callers show who they are, and of what to beware', async () => {
  const own = { DATABASE_URL: 'memory:', BATON_GRPC_PORT: '0', BATON_HTTP_PORT: '0' };
  const summaryOf = async (more: object): Promise<string> => {
    const server = await serve({ ...own, LOG_LEVEL: 'silent', ...more });
    await server.stop();
    return server.summary;
  };
  expect(await summaryOf({})).toMatch(/access +open: nobody is asked who they are/);
  expect(await summaryOf({})).not.toContain('CAUTION');
  const reached = await summaryOf({ BATON_HOST: '0.0.0.0' });
  expect(reached).toMatch(/access +API keys/);
  expect(reached).toContain('CAUTION   keys and tokens come in clear');
  expect(await summaryOf({ BATON_HOST: '0.0.0.0', BATON_ACCESS: 'open' })).toContain(
    'CAUTION   any caller that reaches a port may do everything',
  );
});
