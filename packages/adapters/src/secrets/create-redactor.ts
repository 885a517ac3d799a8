import type { Redact } from '@baton/core';
import { KEY_FORMATS, type KeyFormat } from './key-formats.ts';
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
  /**
   * Patterns to mask beside the common key formats; with a group, the group is kept. In a stream they
   * are looked for in one line at a time.
   */
  readonly patterns?: readonly RegExp[] | undefined;
}

/** Masks the given secrets and what looks like a key (provider keys, JWTs, private keys …). */
export function createRedactor({ values = [], patterns = [] }: RedactorOptions = {}): Redactor {
  const forms = secretForms(values);
  const own = patterns.map((pattern): KeyFormat => ({ pattern: everywhere(pattern) }));
  const formats = [...KEY_FORMATS, ...own];
  const literals = forms.length === 0 ? undefined : createLiteralSearch(forms);
  const stream = () => createMaskingStream(formats, literals);
  return Object.assign((text: string) => stream().end(text), { stream });
}

/** With a state of its own, and without the sticky flag, by which it would be found once at most. */
function everywhere(pattern: RegExp): RegExp {
  return new RegExp(pattern.source, `${pattern.flags.replace(/[gy]/g, '')}g`);
}
