import { createRemoteJWKSet, type JWTVerifyGetKey } from 'jose';
import { z } from 'zod';

export interface KeySource {
  readonly issuer: string;
  /** Absent: as its OpenID configuration says. */
  readonly jwksUri?: string | undefined;
}

/** How long an issuer may take to say where its keys are, in milliseconds. */
const DISCOVERY_MS = 5_000;

/** How soon an issuer is asked for its keys again, because a token has an unknown one: made-up tokens have as well. */
const COOLDOWN_MS = 1_000;

const configuration = z.object({ issuer: z.string(), jwks_uri: z.url() });

/**
 * The keys of an issuer, asked for when they are needed first. They are asked for again when a token has a key that
 * is not among them, which is how issuers rotate keys.
 */
export function createKeySet(source: KeySource): () => Promise<JWTVerifyGetKey> {
  let keys: Promise<JWTVerifyGetKey> | undefined;
  return () => {
    keys ??= find(source).catch((reason) => {
      keys = undefined;
      throw reason;
    });
    return keys;
  };
}

async function find({ issuer, jwksUri }: KeySource): Promise<JWTVerifyGetKey> {
  const url = jwksUri ?? (await discover(issuer));
  return createRemoteJWKSet(new URL(url), { cooldownDuration: COOLDOWN_MS });
}

async function discover(issuer: string): Promise<string> {
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const response = await fetch(url, {
    redirect: 'error',
    signal: AbortSignal.timeout(DISCOVERY_MS),
  });
  if (!response.ok) throw new Error(`${url} answers ${response.status}`);
  const found = configuration.parse(await response.json());
  if (found.issuer === issuer) return found.jwks_uri;
  throw new Error(`${url} is of the issuer '${found.issuer}', expected '${issuer}'`);
}
