import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { createRedactor } from '@baton/adapters/secrets';
import { BatonError } from '@baton/core';
import {
  budgetsShape,
  checkSettings,
  grantSchema,
  parseJson,
  toBudgets,
  violationLines,
} from '@baton/core/internal';
import { z } from 'zod';
import { ConfigError } from '../config.ts';
import { isLoopback } from '../http/origin-guard.ts';
import type { CeilingSettings } from './ceilings.ts';
import type { CertificateGrant } from './certificates.ts';
import { type TrustedIssuer, USUAL_ALGORITHMS } from './json-web-tokens.ts';

/** How callers of a server show who they are, and what none of them can go beyond. */
export interface AccessSettings {
  /** Whether API keys are accepted. */
  readonly apiKeys: boolean;
  readonly issuers: readonly TrustedIssuer[];
  /** Whose client certificates are accepted, as PEM, and what they allow. */
  readonly certificates:
    | { readonly authority: string; readonly grants: readonly CertificateGrant[] }
    | undefined;
  readonly ceilings: CeilingSettings;
}

/** Asymmetric ones: with a shared secret, whoever verifies could sign. */
const ALGORITHMS = [
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  ...['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'],
] as const;

const text = z.string().min(1);

const secureUrl = z
  .url()
  .refine(
    (url) => url.startsWith('https:') || isLoopback(new URL(url).hostname),
    'expected https, but for this machine',
  );

const issuer = z.strictObject({
  issuer: text.describe('As the claim iss has it'),
  audience: z.union([text, z.array(text).min(1)]).describe('One of these must be in the claim aud'),
  jwksUri: secureUrl
    .optional()
    .describe('Where its keys are. Default: as <issuer>/.well-known/openid-configuration says'),
  algorithms: z
    .array(z.enum(ALGORITHMS))
    .min(1)
    .default([...USUAL_ALGORITHMS])
    .describe('Signatures that are accepted'),
  nameClaim: text.default('sub').describe('The claim that names the caller in the audit trail'),
  grants: z
    .array(
      z.strictObject({
        when: z
          .record(z.string(), z.string())
          .default({})
          .describe('Claims that a token must have: equal to this, or a list with it'),
        grant: grantSchema,
      }),
    )
    .min(1)
    .describe('What tokens allow: the first whose claims a token has'),
});

const schema = z.strictObject({
  $schema: z.string().optional(),
  apiKeys: z.boolean().default(true).describe('Whether keys of baton keys are accepted'),
  issuers: z.array(issuer).default([]).describe('Whose tokens (JWT) are accepted'),
  certificates: z
    .strictObject({
      authority: text.describe('A PEM file: who has signed the certificates of clients'),
      grants: z
        .array(
          z.strictObject({
            subject: text.describe('Its common name, or dns:…, uri:… or email:…'),
            grant: grantSchema,
          }),
        )
        .min(1),
    })
    .optional(),
  ceilings: z
    .strictObject({
      budgets: budgetsShape.optional(),
      maxRetries: z.int().min(0).max(1000).optional(),
      timeoutSeconds: z
        .number()
        .positive()
        .max(366 * 86_400)
        .optional(),
    })
    .default({})
    .describe('What no caller can go beyond'),
});

/** What holds where nothing is said: API keys. */
export const KEYS_ALONE: AccessSettings = {
  apiKeys: true,
  issuers: [],
  certificates: undefined,
  ceilings: {},
};

const VARIABLE = 'BATON_ACCESS';

type AccessDocument = z.output<typeof schema>;

/**
 * A document, checked.
 *
 * @throws BatonError `invalid_input` with everything that is wrong in it.
 */
export function toAccessDocument(document: unknown): AccessDocument {
  const checked = checkSettings(schema, document, createRedactor());
  if (checked.kind === 'invalid') throw invalid(violationLines(checked.violations));
  const { apiKeys, issuers, certificates } = checked.settings;
  if (!apiKeys && issuers.length === 0 && certificates === undefined) {
    throw invalid(['apiKeys: found false, without issuers or certificates: nobody could call']);
  }
  return checked.settings;
}

/**
 * The settings in a JSON file.
 *
 * @throws ConfigError when there is no such file, or with everything that is wrong in it.
 */
export async function loadAccess(file: string): Promise<AccessSettings> {
  const path = resolve(file);
  try {
    const { apiKeys, issuers, certificates, ceilings } = toAccessDocument(
      parseJson(await readFile(path, 'utf8')),
    );
    const { budgets, maxRetries, timeoutSeconds } = ceilings;
    return {
      apiKeys,
      issuers,
      certificates: certificates && {
        authority: await readFile(resolve(dirname(path), certificates.authority), 'utf8'),
        grants: certificates.grants,
      },
      ceilings: {
        budgets: budgets && toBudgets(budgets),
        maxRetries,
        timeoutMs: timeoutSeconds && Math.ceil(timeoutSeconds * 1000),
      },
    };
  } catch (reason) {
    const lines = BatonError.from(reason).message.split('\n');
    throw new ConfigError(lines.map((line) => `${VARIABLE}: ${path}: ${line}`));
  }
}

function invalid(lines: readonly string[]): BatonError {
  return new BatonError('invalid_input', lines.join('\n'));
}
