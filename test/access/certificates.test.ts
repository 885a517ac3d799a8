import { createBatonClient } from '@baton/client';
import { createMemoryStore, type Grant } from '@baton/core';
import {
  createAccess,
  createApiKeys,
  createCertificateAuthenticator,
  createKeyAuthenticator,
} from '@baton/server';
import { describe, expect, it, onTestFinished } from 'vitest';
import { makeCertificate } from '../interop/certificate.ts';
import { startServer } from '../interop/start-server.ts';
import { createAuthority } from './authority.ts';

const grant: Grant = {
  ...{ projects: ['shop'], permissions: ['start'], roles: [], actors: [], performers: '*' },
  attests: false,
};

/** A server that trusts certificates of the authority, and how it answers to a client with one. */
async function setUp(subjects: readonly string[]) {
  const authority = createAuthority();
  const { documents } = await createMemoryStore();
  const access = createAccess([
    createKeyAuthenticator(documents),
    createCertificateAuthenticator(subjects.map((subject) => ({ subject, grant }))),
  ]);
  const own = makeCertificate();
  const tls = { ...own, clientAuthority: authority.cert };
  const server = await startServer({ access, tls });
  const answerTo = async (
    protocol: 'connect' | 'grpc' | 'grpc-web',
    shown: { readonly cert?: string; readonly key?: string; readonly token?: string },
    userId = subjects[0] ?? 'ci',
  ): Promise<string> => {
    const { cert, key, token } = shown;
    const port = protocol === 'grpc' ? server.grpcPort : server.httpPort;
    const baton = createBatonClient({
      ...{ baseUrl: `https://localhost:${port}`, protocol, token, retries: 0 },
      tls: { ca: own.cert, cert, key },
    });
    onTestFinished(() => baton.close());
    const build = { buildId: crypto.randomUUID(), requirements: { request: 'Build' } };
    return baton.start({ ...build, projectId: 'shop', userId }).then(
      () => 'ok',
      ({ code, message }) => `${code}: ${message}`,
    );
  };
  return { authority, answerTo, documents };
}

describe.each(['connect', 'grpc-web', 'grpc'] as const)(
  'a client certificate over %s',
  (protocol) => {
    it('lets its holder through, and nobody without one', async () => {
      const { authority, answerTo } = await setUp(['ci']);
      expect(await answerTo(protocol, authority.sign('ci'))).toBe('ok');
      expect(await answerTo(protocol, {})).toBe(
        'unauthenticated: expected an API key or a client certificate, found nothing',
      );
      expect(await answerTo(protocol, authority.sign('other'))).toContain('unauthenticated');
    });

    it('of another authority counts for nothing', async () => {
      const { answerTo } = await setUp(['ci']);
      expect(await answerTo(protocol, createAuthority().sign('ci'))).toContain('unauthenticated');
    });
  },
);

it.each([
  ['dns:ci.example', { 'DNS.1': 'other.example', 'DNS.2': 'ci.example' }],
  ['uri:spiffe://example/ci', { 'URI.1': 'spiffe://example/ci' }],
  ['email:ci@example', { 'email.1': 'ci@example' }],
])('a client certificate is known as %s', async (subject, names) => {
  const { authority, answerTo } = await setUp([subject]);
  expect(await answerTo('grpc', authority.sign('anything', names))).toBe('ok');
  expect(await answerTo('grpc', authority.sign('anything'))).toContain('unauthenticated');
});

it('a name with what looks like other names in it is none of them', async () => {
  const { authority, answerTo } = await setUp(['dns:ci.example']);
  const tricky = authority.sign('x', { 'URI.1': 'http://a/, DNS:ci.example, URI:b' });
  expect(await answerTo('grpc', tricky)).toContain('unauthenticated');
});

it('a common name that is written like another kind of name is not of that kind', async () => {
  const { authority, answerTo } = await setUp(['dns:ci.example', 'ci']);
  expect(await answerTo('grpc', authority.sign('dns:ci.example'))).toContain('unauthenticated');
  expect(await answerTo('grpc', authority.sign('ci'), 'ci')).toBe('ok');
});

it('an API key counts where there is no certificate', async () => {
  const { answerTo, documents } = await setUp(['ci']);
  const { secretKey } = await createApiKeys({ documents }).create({ name: 'robot', grant });
  expect(await answerTo('connect', { token: secretKey }, 'robot')).toBe('ok');
});
