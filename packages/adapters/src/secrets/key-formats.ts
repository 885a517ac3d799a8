/** What a kind of key looks like. */
export interface KeyFormat {
  /**
   * Global. The first group, where there is one, is kept: it says what was masked. Each pattern
   * reads a text in linear time: it begins where nothing of its kind has begun before, or is at its
   * end by the first character that does not fit.
   */
  readonly pattern: RegExp;
  /** Whether what was found is random enough for a key. Default: it is. */
  readonly plausible?: (found: string) => boolean;
}

const format = (pattern: RegExp): KeyFormat => ({ pattern });

/** Names of style sheets begin with `sk-`, too, but are words: `sk-folding-cube-loader`. */
function looksRandom(found: string): boolean {
  const digits = found.replace(/\D/g, '').length;
  const mixedCase = /[a-z]/.test(found) && /[A-Z]/.test(found);
  return digits >= 4 || (digits >= 1 && mixedCase);
}

/**
 * What keys look like, whoever issued them. A private key that is cut off is masked to the end of
 * the text.
 */
export const KEY_FORMATS: readonly KeyFormat[] = [
  format(
    /-----BEGIN [A-Z ]*PRIVATE KEY(?: BLOCK)?-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY(?: BLOCK)?-----|$)/g,
  ),
  format(/\b(Authorization["']?\s*[:=]\s*["']?(?:Bearer|Basic|Token)\s+)[A-Za-z0-9._~+/=-]{6,}/gi),
  format(/\b(Bearer\s+)[A-Za-z0-9._~+/=-]{20,}/g),
  // A header as it is sent; then a member of an object, whose value must be a literal.
  format(/\b(x-api-key\s{0,9}[:=]\s{0,9}["']?)[A-Za-z0-9._~+/=-]{6,}/gi),
  format(/\b(x-api-key["']\]?\s{0,9}[:=,]\s{0,9}["'`])[A-Za-z0-9._~+/=-]{6,}/gi),
  format(/(secret_?access_?key["']?\s{0,9}[:=]\s{0,9}["']?)[A-Za-z0-9/+=]{16,}/gi),
  // The password of a URL; a placeholder such as `${password}` is none.
  format(/(:\/\/[^\s/:@"'<>`]{0,256}:)(?![${])[^\s/"'<>`]{1,1024}(?=@)/g),
  // JSON Web Tokens: header and payload are base64url of a JSON object. After a dash only short
  // headers: elsewhere in a run of these characters none begins.
  format(
    /(?:(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{8,}|(?<=-)eyJ[A-Za-z0-9_-]{8,512})\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*/g,
  ),
  format(/\bsk-(?:ant|proj|svcacct|admin|or-v1)-[A-Za-z0-9_-]{16,}/g),
  { pattern: /\bsk-[A-Za-z0-9_-]{16,}/g, plausible: looksRandom },
  format(/\b[sr]k_(?:live|test)_[A-Za-z0-9]{10,}/g),
  format(/\bgh[pousr]_[A-Za-z0-9]{20,}/g),
  format(/\bgithub_pat_[A-Za-z0-9_]{20,}/g),
  format(/\bglpat-[A-Za-z0-9_-]{16,}/g),
  format(/\bnpm_[A-Za-z0-9]{30,}/g),
  format(/\bhf_[A-Za-z0-9]{20,}/g),
  format(/\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g),
  format(/\bAIza[A-Za-z0-9_-]{30,}/g),
  format(/\bya29\.[A-Za-z0-9_-]{16,}/g),
  format(/\bSG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}/g),
  format(/\bxox[abeoprs]-[A-Za-z0-9-]{10,}/g),
];
