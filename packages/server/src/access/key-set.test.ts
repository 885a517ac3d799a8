import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SignJWT } from 'jose';
import { expect, it, onTestFinished } from 'vitest';
import { createTokenAuthenticator } from './json-web-tokens.ts';

/** An issuer that is in trouble, and how often it was asked. */
async function startIssuer(jwks: string | undefined, status: number) {
  let asked = 0;
  const server = createServer((_request, response) => {
    asked++;
    response.writeHead(status).end('{"keys":"none"}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const jwksUri = jwks && `${issuer}${jwks}`;
  return { trusted: { issuer, jwksUri, audience: 'baton', grants: [] }, asked: () => asked };
}

it.each([
  [undefined, 503],
  ['/jwks', 503],
  [undefined, 200],
  ['/jwks', 200],
])(
  'an issuer that is in trouble is not asked for each made-up token (keys at %s, status %d)',
  async (jwks, status) => {
    const { trusted, asked } = await startIssuer(jwks, status);
    let at = 1_000;
    const tokens = createTokenAuthenticator([trusted], () => at);
    const token = await new SignJWT({ iss: trusted.issuer })
      .setProtectedHeader({ alg: 'HS256' })
      .sign(new Uint8Array(32));
    const bearer = token.replace(
      /^[^.]*/,
      btoa('{"alg":"ES256","kid":"made-up"}').replace(/=+$/, ''),
    );
    const shown = { bearer, certificate: () => undefined };
    const answer = () =>
      expect(async () => tokens.authenticate(shown)).rejects.toMatchObject({ code: 'unavailable' });
    for (let i = 0; i < 5; i++) await answer();
    expect(asked()).toBe(1);
    at += 1_000;
    await answer();
    expect(asked()).toBe(2);
  },
);
