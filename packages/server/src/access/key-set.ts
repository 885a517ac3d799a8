import { createRemoteJWKSet, customFetch, type JWTVerifyGetKey } from 'jose';
import { z } from 'zod';

export interface KeySource {
  readonly issuer: string;
  /** Absent: as its OpenID configuration says. */
  readonly jwksUri?: string | undefined;
}

/** How long an issuer may take to say where its keys are, in milliseconds. */
const DISCOVERY_MS = 5_000;

/**
 * How soon an issuer is asked again, because a token has a key that is not known or the issuer is in trouble: made-up
 * tokens would have it asked as well.
 */
const COOLDOWN_MS = 1_000;

/** What the keys themselves are, jose looks at. */
const keySet = z.object({ keys: z.array(z.looseObject({})) });

const configuration = z.object({ issuer: z.string(), jwks_uri: z.url() });

/**
 * The keys of an issuer, asked for when they are needed first. They are asked for again when a token has a key that
 * is not among them, which is how issuers rotate keys.
 */
export function createKeySet(
  source: KeySource,
  now: () => number = Date.now,
): () => Promise<JWTVerifyGetKey> {
  const ask = createAsking(now);
  let keys: Promise<JWTVerifyGetKey> | undefined;
  return () => {
    keys ??= find(source, ask).catch((reason) => {
      keys = undefined;
      throw reason;
    });
    return keys;
  };
}

type Ask = <T>(url: string, options: RequestInit, expected: z.ZodType<T>) => Promise<T>;

/** Asks an issuer, but for a while after it has failed. */
function createAsking(now: () => number): Ask {
  let failure: { readonly reason: unknown; readonly until: number } | undefined;
  return async (url, options, expected) => {
    if (failure !== undefined && now() < failure.until) throw failure.reason;
    try {
      const response = await fetch(url, options);
      if (response.status !== 200) throw new Error(`${url} answers ${response.status}`);
      return expected.parse(await response.json());
    } catch (reason) {
      failure = { reason, until: now() + COOLDOWN_MS };
      throw reason;
    }
  };
}

async function find({ issuer, jwksUri }: KeySource, ask: Ask): Promise<JWTVerifyGetKey> {
  const url = jwksUri ?? (await discover(issuer, ask));
  return createRemoteJWKSet(new URL(url), {
    cooldownDuration: COOLDOWN_MS,
    [customFetch]: async (from, options) => Response.json(await ask(from, options, keySet)),
  });
}

async function discover(issuer: string, ask: Ask): Promise<string> {
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const signal = AbortSignal.timeout(DISCOVERY_MS);
  const found = await ask(url, { redirect: 'error', signal }, configuration);
  if (found.issuer === issuer) return found.jwks_uri;
  throw new Error(`${url} is of the issuer '${found.issuer}', expected '${issuer}'`);
}
