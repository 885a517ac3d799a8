import { KEY_FORMATS } from './key-formats.ts';

/** Masks secrets in a text. */
export type Redact = (text: string) => string;

export interface RedactorOptions {
  /**
   * Secrets to mask wherever they stand, as they are or encoded for base64, URLs or JSON. Those
   * shorter than 6 characters are left alone: masking them would garble ordinary text.
   */
  readonly values?: readonly string[];
  /** Patterns to mask beside the common key formats; with a group, the group is kept. */
  readonly patterns?: readonly RegExp[];
}

/** What stands in the place of a secret. */
export const MASK = '[secret]';

const SHORTEST = 6;
const SHORTEST_LINE = 16;

/** Masks the given secrets and what looks like a key (provider keys, JWTs, private keys …). */
export function createRedactor({ values = [], patterns = [] }: RedactorOptions = {}): Redact {
  const forms = values.filter((value) => value.length >= SHORTEST).flatMap(formsOf);
  // The longest first: a secret may be the beginning of another one.
  const known = [...new Set(forms)].sort((a, b) => b.length - a.length);
  const formats = [...KEY_FORMATS, ...patterns.map(everywhere)];
  return (text) => {
    const withoutKnown = known.reduce(
      (masked, form) => masked.replaceAll(form, maskOf(form)),
      text,
    );
    return formats.reduce(
      (masked, format) =>
        masked.replace(format, (found: string, kept: unknown) =>
          typeof kept === 'string' ? `${kept}${MASK}` : maskOf(found),
        ),
      withoutKnown,
    );
  };
}

/** A mask with as many lines as the secret has: line numbers stay right. */
function maskOf(secret: string): string {
  return `${MASK}${'\n'.repeat(secret.split('\n').length - 1)}`;
}

/** How a secret may be written. */
function formsOf(value: string): string[] {
  // Of a secret with several lines, such as a key file, each tells enough.
  const lines = value.split(/\r?\n/).filter((line) => line.length >= SHORTEST_LINE);
  return [
    value,
    ...lines,
    encodeURIComponent(value),
    JSON.stringify(value).slice(1, -1),
    ...base64FormsOf(value, 'base64'),
    ...base64FormsOf(value, 'base64url'),
  ].filter((form) => form.length >= SHORTEST);
}

/**
 * Base64 by itself and in the midst of a longer text (`user:password`), where it depends on what
 * comes before: for each of the three positions, the characters that depend on the secret alone.
 */
function base64FormsOf(value: string, encoding: 'base64' | 'base64url'): string[] {
  const bytes = Buffer.from(value);
  return [0, 1, 2].map((before) => {
    const encoded = Buffer.concat([Buffer.alloc(before), bytes]).toString(encoding);
    const start = Math.ceil((before * 8) / 6);
    const end = Math.floor(((before + bytes.length) * 8) / 6);
    return encoded.slice(start, end);
  });
}

function everywhere(pattern: RegExp): RegExp {
  return pattern.global ? pattern : new RegExp(pattern.source, `${pattern.flags}g`);
}
