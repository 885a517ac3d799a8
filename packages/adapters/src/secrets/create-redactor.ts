import type { Redact } from '@baton/core';
import { createLiteralSearch } from './literal-search.ts';
import { createMaskingStream } from './masking-stream.ts';
import { secretForms } from './secret-forms.ts';

export type { Redact } from '@baton/core';
export { MASK } from './masking-stream.ts';

/** Masks a text that comes in pieces to the same result as in one, wherever it is cut into pieces. */
export type Redactor = Redact & Required<Pick<Redact, 'stream'>>;

export interface RedactorOptions {
  /**
   * Secrets to mask wherever they stand: as they are, escaped for JSON or URLs, in hex or in base64
   * (wrapped, too). Those shorter than 6 characters are left alone: masking them would garble ordinary
   * text.
   */
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
  const forms = secretForms(values);
  const literals = forms.length === 0 ? undefined : createLiteralSearch(forms);
  const stream = () => createMaskingStream(literals);
  return Object.assign((text: string) => stream().end(text), { stream });
}
