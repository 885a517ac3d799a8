import type { Redact } from '@baton/core';
import { createLiteralSearch } from './literal-search.ts';
import { createMaskingStream } from './masking-stream.ts';
import { secretForms } from './secret-forms.ts';

/** Masks a text that comes in pieces to the same result as in one, wherever it is cut into pieces. */
export type Redactor = Redact & Required<Pick<Redact, 'stream'>>;

export interface RedactorOptions {
  /** Secrets to mask, however they are written. Those of fewer than 6 characters are left: they stand in any text. */
  readonly values?: readonly string[] | undefined;
}

/**
 * Masks the given secrets and what looks like a key (provider keys, JWTs, private keys …).
 *
 * @example
 * import { createRedactor } from '@baton/adapters/secrets';
 * const redact = createRedactor({ values: [process.env['DEPLOY_TOKEN'] ?? ''] });
 * console.log(redact('Authorization: Bearer …'));
 */
export function createRedactor({ values = [] }: RedactorOptions = {}): Redactor {
  const literals = createLiteralSearch(secretForms(values));
  const stream = () => createMaskingStream(literals);
  return Object.assign((text: string) => stream().end(text), { stream });
}
