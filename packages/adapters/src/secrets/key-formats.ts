/** What a kind of key looks like. */
export interface KeyFormat {
  /**
   * Global. The first group, where there is one, is kept: it says what was masked. Each pattern
   * reads a text in linear time: it begins where nothing of its kind has begun before, or is at its
   * end by the first character that does not fit. But for what `rest` matches, a match has at most
   * 32,768 characters; and it goes over a line end only behind a word that `OPEN_AT_LINE_END` knows.
   */
  readonly pattern: RegExp;
  /** Sticky. What a match goes on with where it has no longest length. */
  readonly rest?: RegExp;
  /** Whether what was found is random enough for a key. Default: it is. */
  readonly plausible?: (found: string) => boolean;
}

/** A line end behind this may lie between the name of a key and the key. */
export const OPEN_AT_LINE_END =
  /(?:Authorization|Bearer|x-api-key|access_?key)[^A-Za-z0-9]{0,24}(?:(?:Bearer|Basic|Token)\s{1,9})?$/i;

/** So many characters before a line end are enough for that. */
export const OPEN_CHARACTERS = 96;

/** @param head a pattern of what comes before `least` or more characters of `body`, a class. */
function format(head: string, body: string, least: number, flags = ''): KeyFormat {
  return {
    pattern: new RegExp(`${head}${body}{${least},}`, `g${flags}`),
    rest: new RegExp(`${body}*`, 'y'),
  };
}

const TOKEN = '[A-Za-z0-9._~+/=-]';
const WORD = '[A-Za-z0-9_-]';
const ALPHANUMERIC = '[A-Za-z0-9]';

/** Characters of a key that are looked at; it may be endless. */
const JUDGED = 256;

/** Names of style sheets begin with `sk-`, too, but are words: `sk-folding-cube-loader`. */
function looksRandom(found: string): boolean {
  const judged = found.slice(0, JUDGED);
  const digits = judged.replace(/\D/g, '').length;
  const mixedCase = /[a-z]/.test(judged) && /[A-Z]/.test(judged);
  return digits >= 4 || (digits >= 1 && mixedCase);
}

/** What keys look like, whoever issued them; private keys are found by their lines instead. */
export const KEY_FORMATS: readonly KeyFormat[] = [
  format(
    String.raw`\b(Authorization["']?\s{0,9}[:=]\s{0,9}["']?(?:Bearer|Basic|Token)\s{1,9})`,
    TOKEN,
    6,
    'i',
  ),
  format(String.raw`\b(Bearer\s{1,9})`, TOKEN, 20),
  // A header as it is sent; then a member of an object, whose value must be a literal.
  format(String.raw`\b(x-api-key\s{0,9}[:=]\s{0,9}["']?)`, TOKEN, 6, 'i'),
  format(String.raw`\b(x-api-key["']\]?\s{0,9}[:=,]\s{0,9}["'${'`'}])`, TOKEN, 6, 'i'),
  format(String.raw`(secret_?access_?key["']?\s{0,9}[:=]\s{0,9}["']?)`, '[A-Za-z0-9/+=]', 16, 'i'),
  // The password of a URL; a placeholder such as `${password}` is none.
  { pattern: /(:\/\/[^\s/:@"'<>`]{0,256}:)(?![${])[^\s/"'<>`]{1,1024}(?=@)/g },
  // JSON Web Tokens: header and payload are base64url of a JSON object. After a dash only short
  // headers: elsewhere in a run of these characters none begins.
  format(
    String.raw`(?:(?<![A-Za-z0-9_-])eyJ${WORD}{8,4096}|(?<=-)eyJ${WORD}{8,512})\.eyJ${WORD}{8,16384}\.`,
    WORD,
    0,
  ),
  format(String.raw`\bsk-(?:ant|proj|svcacct|admin|or-v1)-`, WORD, 16),
  { ...format(String.raw`\bsk-`, WORD, 16), plausible: looksRandom },
  format(String.raw`\b[sr]k_(?:live|test)_`, ALPHANUMERIC, 10),
  format(String.raw`\bgh[pousr]_`, ALPHANUMERIC, 20),
  format(String.raw`\bgithub_pat_`, '[A-Za-z0-9_]', 20),
  format(String.raw`\bglpat-`, WORD, 16),
  format(String.raw`\bnpm_`, ALPHANUMERIC, 30),
  format(String.raw`\bhf_`, ALPHANUMERIC, 20),
  { pattern: /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g },
  format(String.raw`\bAIza`, WORD, 30),
  format(String.raw`\bya29\.`, WORD, 16),
  format(String.raw`\bSG\.${WORD}{16,256}\.`, WORD, 16),
  format(String.raw`\bxox[abeoprs]-`, '[A-Za-z0-9-]', 10),
];
