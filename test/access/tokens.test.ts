import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createBatonClient } from '@baton/client';
import { createAccess, createTokenAuthenticator, type TrustedIssuer } from '@baton/server';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { OAuth2Server } from 'oauth2-mock-server';
import { Provider } from 'oidc-provider';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startServer } from '../interop/start-server.ts';

const AUDIENCE = 'https://baton.example';
const SHOP = { projects: ['shop'], permissions: ['read', 'start'] } as const;

function trusting(issuer: string, more: Partial<TrustedIssuer> = {}): TrustedIssuer {
  return {
    ...{ issuer, audience: AUDIENCE },
    grants: [{ when: { team: 'shop' }, grant: SHOP }],
    ...more,
  };
}

/** A server that trusts the issuer, and how it answers to a token. */
async function setUp(issuer: TrustedIssuer) {
  const access = createAccess([createTokenAuthenticator([issuer])]);
  const { httpUrl: baseUrl } = await startServer({ access });
  return async (token: string): Promise<string> => {
    const client = createBatonClient({ baseUrl, token, retries: 0 });
    try {
      const build = { buildId: crypto.randomUUID(), requirements: { request: 'Build' } };
      await client.start({ ...build, projectId: 'shop', userId: 'ci' });
      return 'ok';
    } catch (reason) {
      const { code, message } = reason as { code: string; message: string };
      return `${code}: ${message}`;
    } finally {
      client.close();
    }
  };
}

/** An issuer for tests: it signs whatever it is told to. */
async function startIssuer() {
  const server = new OAuth2Server();
  await server.issuer.keys.generate('ES256');
  await server.start(0, '127.0.0.1');
  onTestFinished(async () => {
    await server.stop();
  });
  const { issuer } = server;
  const url = issuer.url ?? '';
  return {
    ...{ server, issuer, url },
    tokenOf: (claims: object = {}) =>
      issuer.buildToken({
        scopesOrTransform: (_header, payload) => {
          Object.assign(payload, { aud: AUDIENCE, sub: 'ci', team: 'shop', ...claims });
        },
      }),
  };
}

describe('tokens of an issuer', () => {
  it('let their callers through, and go on doing so once its keys have changed', async () => {
    const { issuer, url, tokenOf } = await startIssuer();
    const answerTo = await setUp(trusting(url));
    const before = await tokenOf();
    expect(await answerTo(before)).toBe('ok');
    await issuer.keys.generate('RS256');
    const withEither = await Promise.all([tokenOf(), tokenOf()]);
    // Its keys are not asked for more often than each second.
    for (const token of withEither) {
      await expect.poll(() => answerTo(token)).toBe('ok');
    }
    expect(await answerTo(before)).toBe('ok');
  });

  it.each<[string, object, string]>([
    ['for another audience', { aud: 'https://other.example' }, 'unexpected "aud" claim value'],
    ['that has expired', { exp: 1_600_000_000 }, '"exp" claim timestamp check failed'],
    ['that is not valid yet', { nbf: 4_000_000_000 }, '"nbf" claim timestamp check failed'],
    ['of another issuer', { iss: 'https://evil.example' }, "its issuer is 'https://evil.example'"],
    ['without an end', { exp: undefined }, 'missing required "exp" claim'],
    ['without a name', { sub: undefined }, "its claim 'sub' has no name"],
    [
      'that is granted nothing',
      { team: 'other' },
      "says nothing of 'ci' that allows anything here",
    ],
  ])('are refused %s', async (_, claims, why) => {
    const { url, tokenOf } = await startIssuer();
    const answerTo = await setUp(trusting(url));
    const answer = await answerTo(await tokenOf(claims));
    expect(answer).toContain('unauthenticated: the token is not accepted');
    expect(answer).toContain(why);
  });

  it('are refused signed by another key, by none, or by a shared secret', async () => {
    const { url, tokenOf } = await startIssuer();
    const answerTo = await setUp(trusting(url));
    const [header = '', payload = ''] = (await tokenOf()).split('.');
    const { privateKey } = await generateKeyPair('ES256');
    const { kid } = JSON.parse(Buffer.from(header, 'base64url').toString());
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
    const forged = await new SignJWT(claims)
      .setProtectedHeader({ alg: 'ES256', kid })
      .sign(privateKey);
    const none = Buffer.from(JSON.stringify({ alg: 'none' })).toString('base64url');
    const shared = await new SignJWT(claims)
      .setProtectedHeader({ alg: 'HS256', kid })
      .sign(Buffer.from('a secret of 32 characters, or more'));
    for (const token of [forged, `${none}.${payload}.x`, shared]) {
      expect(await answerTo(token)).toContain('unauthenticated: the token is not accepted');
    }
  });

  it('are refused signed by an algorithm that is not asked for', async () => {
    const { url, tokenOf } = await startIssuer();
    const answerTo = await setUp(trusting(url, { algorithms: ['RS256'] }));
    expect(await answerTo(await tokenOf())).toContain(
      '"alg" (Algorithm) Header Parameter value not allowed',
    );
  });

  it('are known by a list that has the claim, and by the name claim that is set', async () => {
    const { url, tokenOf } = await startIssuer();
    const answerTo = await setUp(trusting(url, { nameClaim: 'client_id' }));
    const token = await tokenOf({ team: ['other', 'shop'], client_id: 'ci', sub: 'x' });
    expect(await answerTo(token)).toBe('ok');
  });

  it('end the streams that they began when they end themselves', async () => {
    const { url, tokenOf } = await startIssuer();
    let now = Date.now();
    const access = createAccess([createTokenAuthenticator([trusting(url)], () => now)]);
    const { httpUrl: baseUrl } = await startServer({ access });
    const baton = createBatonClient({ baseUrl, token: await tokenOf(), retries: 0 });
    onTestFinished(() => baton.close());
    const build = { buildId: 'b', requirements: { request: 'Build' } };
    const { workflowId } = await baton.start({ ...build, projectId: 'shop', userId: 'ci' });
    const reading = (async () => {
      // Tokens of this issuer last for an hour.
      for await (const _ of baton.watch({ workflowId })) now += 2 * 3_600_000;
    })();
    await expect(reading).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  it('cannot be judged while the issuer is away, and can once it is back', async () => {
    const { privateKey, publicKey } = await generateKeyPair('ES256');
    const keys = { keys: [{ ...(await exportJWK(publicKey)), kid: 'k', alg: 'ES256' }] };
    let isAway = true;
    const host = createServer((_request, response) => {
      response.writeHead(isAway ? 503 : 200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(keys));
    });
    await new Promise<void>((resolve) => host.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void host.close());
    const jwksUri = `http://127.0.0.1:${(host.address() as AddressInfo).port}/keys`;
    const answerTo = await setUp(trusting('https://issuer.example', { jwksUri }));
    const token = await new SignJWT({ team: 'shop' })
      .setProtectedHeader({ alg: 'ES256', kid: 'k' })
      .setIssuer('https://issuer.example')
      .setAudience(AUDIENCE)
      .setSubject('ci')
      .setExpirationTime('1h')
      .sign(privateKey);
    expect(await answerTo(token)).toContain(
      "unavailable: the keys of the token's issuer cannot be",
    );
    isAway = false;
    // It is not asked again before a second has passed.
    await expect.poll(() => answerTo(token)).toBe('ok');
  });
});

/** A certified OpenID provider that gives tokens to a client for itself; its keys are changed by a new start. */
async function startProvider(port: number, keyId: string) {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  const jwks = {
    keys: [{ ...(await exportJWK(privateKey)), kid: keyId, alg: 'RS256', use: 'sig' }],
  };
  const host = createServer();
  await new Promise<void>((resolve) => host.listen(port, '127.0.0.1', resolve));
  const found = (host.address() as AddressInfo).port;
  const url = `http://127.0.0.1:${found}`;
  const provider = new Provider(url, {
    jwks: jwks as never,
    clients: [
      {
        ...{ client_id: 'ci', client_secret: 'secret', grant_types: ['client_credentials'] },
        ...{ redirect_uris: [], response_types: [] },
      },
    ],
    extraTokenClaims: () => ({ team: 'shop' }),
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => AUDIENCE,
        getResourceServerInfo: () => ({
          ...{ scope: 'build', audience: AUDIENCE, accessTokenFormat: 'jwt' },
          jwt: { sign: { alg: 'RS256' } },
        }),
      },
    } as never,
  });
  host.on('request', provider.callback());
  return {
    ...{ url, port: found },
    async token(): Promise<string> {
      const response = await fetch(`${url}/token`, {
        method: 'POST',
        headers: { authorization: `Basic ${Buffer.from('ci:secret').toString('base64')}` },
        body: new URLSearchParams({ grant_type: 'client_credentials', scope: 'build' }),
      });
      return ((await response.json()) as { access_token: string }).access_token;
    },
    stop: () =>
      new Promise<void>((resolve) => {
        host.closeAllConnections();
        host.close(() => resolve());
      }),
  };
}

it('tokens of an OpenID provider let their callers through, with new keys after it began anew', async () => {
  const first = await startProvider(0, 'first');
  const answerTo = await setUp(trusting(first.url));
  const before = await first.token();
  expect(await answerTo(before)).toBe('ok');
  await first.stop();
  // What was found out before is remembered for a minute, and its end is in the token.
  expect(await answerTo(before)).toBe('ok');
  const second = await startProvider(first.port, 'second');
  onTestFinished(() => second.stop());
  await expect.poll(async () => answerTo(await second.token())).toBe('ok');
});
