import { BatonError, type Grant, type GrantInput } from '@baton/core';
import { grantSchema, validate } from '@baton/core/internal';
import { errors, type JWTPayload, jwtVerify } from 'jose';
import type { Authenticator } from './access.ts';
import type { Caller } from './caller.ts';
import { createKeySet } from './key-set.ts';
import { createRemembered } from './remembered.ts';

/** An issuer of tokens that is trusted: OpenID Connect, or any with a JWK set. */
export interface TrustedIssuer {
  /** As the claim `iss` has it. */
  readonly issuer: string;
  /** One of these must be in the claim `aud`. */
  readonly audience: string | readonly string[];
  /** Where its keys are. Absent: as its OpenID configuration says. */
  readonly jwksUri?: string | undefined;
  /** Signatures that are accepted: asymmetric ones alone. Default: {@link USUAL_ALGORITHMS}. */
  readonly algorithms?: readonly string[] | undefined;
  /** The claim that names the caller. Default: `sub`. */
  readonly nameClaim?: string | undefined;
  /** What callers may do, by their claims: the first that applies. */
  readonly grants: readonly ClaimGrant[];
}

export interface ClaimGrant {
  /** Claims that a token must have: each equal to this value, or a list with it. Default: any token. */
  readonly when?: Readonly<Record<string, string>> | undefined;
  readonly grant: GrantInput;
}

interface CheckedGrant {
  readonly when: Readonly<Record<string, string>>;
  readonly grant: Grant;
}

/** What issuers sign with, of what cannot be forged by who verifies. */
export const USUAL_ALGORITHMS = ['RS256', 'PS256', 'ES256', 'EdDSA'] as const;

/** Clocks of issuers and servers may differ by that many seconds. */
const CLOCK_TOLERANCE_SECONDS = 30;
/** How long a verified token is remembered at most, in milliseconds, so that it is not verified for each call. */
const REMEMBER_MS = 60_000;

/**
 * Callers with a token (JWT) of a trusted issuer.
 *
 * @throws BatonError `invalid_input` for a grant that is none.
 * @param now milliseconds since the Unix epoch. Default: the system's clock.
 * @example
 * import { createAccess, createTokenAuthenticator } from '@baton/server';
 * const access = createAccess([
 *   createTokenAuthenticator([
 *     {
 *       issuer: 'https://id.example',
 *       audience: 'baton',
 *       grants: [{ when: { team: 'shop' }, grant: { projects: ['shop'], permissions: ['read'] } }],
 *     },
 *   ]),
 * ]);
 */
export function createTokenAuthenticator(
  issuers: readonly TrustedIssuer[],
  now: () => number = Date.now,
): Authenticator {
  const keySets = issuers.map((issuer) => createKeySet(issuer, now));
  const grants = issuers.map((issuer) => issuer.grants.map(checked));
  const remembered = createRemembered<Caller>({ most: 10_000, forMs: REMEMBER_MS, now });

  async function verify(token: string): Promise<Caller> {
    const claimed = unverifiedIssuer(token);
    const index = issuers.findIndex(({ issuer }) => issuer === claimed);
    const issuer = issuers[index];
    const keys = keySets[index];
    if (issuer === undefined || keys === undefined) {
      throw refusal(`its issuer is '${claimed ?? '(none)'}'`);
    }
    const { payload } = await jwtVerify(token, await keys(), {
      issuer: issuer.issuer,
      audience: [...[issuer.audience].flat()],
      algorithms: [...(issuer.algorithms ?? USUAL_ALGORITHMS)],
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
      requiredClaims: ['exp'],
      currentDate: new Date(now()),
    });
    return toCaller(payload, issuer, grants[index] ?? []);
  }

  return {
    expects: `a token of ${issuers.map(({ issuer }) => issuer).join(' or ')}`,
    async authenticate({ bearer }) {
      if (bearer === undefined || !/^[^.]+\.[^.]+\.[^.]+$/.test(bearer)) return undefined;
      const known = remembered.get(bearer);
      if (known !== undefined && (known.expiresAt ?? 0) > now()) return known;
      const caller = await verify(bearer).catch((reason) => {
        throw toRefusal(reason);
      });
      remembered.put(bearer, caller);
      return caller;
    },
  };
}

function checked({ when = {}, grant }: ClaimGrant): CheckedGrant {
  return { when, grant: validate(grantSchema, grant, 'the grant') };
}

function toCaller(
  payload: JWTPayload,
  { nameClaim = 'sub', issuer }: TrustedIssuer,
  grants: readonly CheckedGrant[],
): Caller {
  const name = payload[nameClaim];
  if (typeof name !== 'string' || name === '' || name.length > 200) {
    throw refusal(`its claim '${nameClaim}' has no name`);
  }
  const found = grants.find(({ when }) =>
    Object.entries(when).every(([claim, value]) => [payload[claim]].flat().includes(value)),
  );
  if (found === undefined)
    throw refusal(`${issuer} says nothing of '${name}' that allows anything here`);
  return {
    name,
    shownBy: 'token',
    grant: found.grant,
    expiresAt: (payload.exp ?? 0) * 1000 + CLOCK_TOLERANCE_SECONDS * 1000,
  };
}

/** Only to choose by which keys it is verified. */
function unverifiedIssuer(token: string): string | undefined {
  try {
    const [, payload = ''] = token.split('.');
    const { iss } = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as JWTPayload;
    return typeof iss === 'string' ? iss.slice(0, 200) : undefined;
  } catch {
    return undefined;
  }
}

/** Of tokens that are wrong; where their keys cannot be fetched, nobody knows. */
function toRefusal(reason: unknown): BatonError {
  if (BatonError.is(reason)) return reason;
  const isToken =
    reason instanceof errors.JOSEError &&
    !(reason instanceof errors.JWKSTimeout) &&
    reason.code !== 'ERR_JOSE_GENERIC';
  if (isToken) return refusal(reason.message);
  const message = `the keys of the token's issuer cannot be fetched: ${String(reason)}`;
  return new BatonError('unavailable', message, { cause: reason });
}

function refusal(why: string): BatonError {
  return new BatonError('unauthenticated', `the token is not accepted: ${why}`);
}
