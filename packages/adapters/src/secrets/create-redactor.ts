import { KEY_FORMATS, type KeyFormat } from './key-formats.ts';
import { secretForms } from './secret-forms.ts';

/** Masks secrets in a text. */
export type Redact = (text: string) => string;

export interface RedactorOptions {
  /**
   * Secrets to mask wherever they stand, as they are or encoded for base64 (wrapped, too), hex,
   * URLs, forms, HTML or JSON. Those shorter than 6 characters are left alone: masking them would
   * garble ordinary text.
   */
  readonly values?: readonly string[];
  /** Patterns to mask beside the common key formats; with a group, the group is kept. */
  readonly patterns?: readonly RegExp[];
}

/** What stands in the place of a secret. */
export const MASK = '[secret]';

/** Masks the given secrets and what looks like a key (provider keys, JWTs, private keys …). */
export function createRedactor({ values = [], patterns = [] }: RedactorOptions = {}): Redact {
  const known = secretForms(values);
  const own = patterns.map((pattern): KeyFormat => ({ pattern: everywhere(pattern) }));
  const formats = [...KEY_FORMATS, ...own];
  return (text) => {
    const withoutKnown = known.reduce((masked, form) => masked.replace(form, maskOf), text);
    return formats.reduce(
      (masked, { pattern, plausible = () => true }) =>
        masked.replace(pattern, (found: string, kept: unknown) => {
          if (!plausible(found)) return found;
          return typeof kept === 'string' ? `${kept}${MASK}` : maskOf(found);
        }),
      withoutKnown,
    );
  };
}

/** A mask with as many lines as the secret has: line numbers stay right. */
function maskOf(secret: string): string {
  return `${MASK}${'\n'.repeat(secret.split('\n').length - 1)}`;
}

function everywhere(pattern: RegExp): RegExp {
  return pattern.global ? pattern : new RegExp(pattern.source, `${pattern.flags}g`);
}
