/** What a kind of key looks like. */
export interface KeyFormat {
  /**
   * Global. The first group, where there is one, is kept: it says what was masked. Each pattern
   * reads a text in linear time: it begins where nothing of its kind has begun before, or is at its
   * end by the first character that does not fit. It goes over a line end only behind a word that
   * `OPEN_AT_LINE_END` knows.
   */
  readonly pattern: RegExp;
  /** Whether what was found is random enough for a key. Default: it is. */
  readonly plausible?: (found: string) => boolean;
}

/** Characters before a place that patterns look at. */
export const BEHIND = 96;

/** A line end behind this, in the last `BEHIND` characters, may lie between the name of a key and the key. */
export const OPEN_AT_LINE_END =
  /(?:Authorization|Bearer|x-api-key|access_?key)(?:[^A-Za-z0-9]|u002[27]|%2[27]){0,32}(?:(?:Bearer|Basic|Token)\s{1,9})?$/i;

/** @param head a pattern of what comes before `least` or more characters of `body`, a class. */
function format(head: string, body: string, least: number, flags = ''): KeyFormat {
  return { pattern: new RegExp(`${head}${body}{${least},}`, `g${flags}`) };
}

/** Where a key may begin: not in the midst of a word. */
const START = '(?<![A-Za-z0-9])';
/** What stands between a name and its value; in a form, a plus is a blank. */
const BLANKS = String.raw`[\s+]{0,9}`;
const ASSIGNED = `["']?${BLANKS}[:=]${BLANKS}["']?`;
const TOKEN = '[A-Za-z0-9._~+/=-]';
const WORD = '[A-Za-z0-9_-]';
const ALPHANUMERIC = '[A-Za-z0-9]';

/** What a program puts a password in the place of: a variable, such as `${password}`. */
const PLACEHOLDER = String.raw`(?:\$?\{{1,2}[^{}@\s]{0,128}\}{1,2}|\$\([^()@\s]{0,128}\)|\$[A-Z_][A-Z0-9_]{0,128}|\$[A-Za-z_:]{1,128}\d{0,2})`;

/** Of a regular expression that finds such URLs, in the place of the user, and of the password. */
const EXPRESSION = String.raw`\[\^|\\[wWsSdD]|\(\?|[\])][+*?{]|\.[+*](?=[:?)])`;
const USER_EXPRESSION = `[^\\s/:@]{0,256}?(?:${EXPRESSION})`;
const PASSWORD_EXPRESSION = String.raw`\({0,3}(?:\[\^|\?[:<]|\\{1,2}[wWsSdD][+*{]|\.[+*]\??\)?@|\[[\w-]{1,64}\][+*{])`;

/** Characters of a key that are looked at; it may be endless. */
const JUDGED = 256;

/** Names of style sheets begin with `sk-`, too, but are words: `sk-folding-cube-loader`. */
function looksRandom(found: string): boolean {
  const judged = found.slice(0, JUDGED);
  const digits = judged.replace(/\D/g, '').length;
  const mixedCase = /[a-z]/.test(judged) && /[A-Z]/.test(judged);
  return digits >= 4 || (digits >= 1 && mixedCase);
}

/** What the keys of well-known issuers look like; private keys are found by their lines instead. */
export const KEY_FORMATS: readonly KeyFormat[] = [
  format(
    String.raw`${START}(Authorization${ASSIGNED}(?:Bearer|Basic|Token)[\s+]{1,9})`,
    TOKEN,
    6,
    'i',
  ),
  format(String.raw`${START}(Bearer[\s+]{1,9})`, TOKEN, 20),
  // A header as it is sent; then a member of an object, whose value must be a literal.
  format(`${START}(x-api-key${BLANKS}[:=]${BLANKS}["']?)`, TOKEN, 6, 'i'),
  format(`${START}(x-api-key["']\\]?${BLANKS}[:=,]${BLANKS}["'\`])`, TOKEN, 6, 'i'),
  format(`(secret_?access_?key${ASSIGNED})`, '[A-Za-z0-9/+=]', 16, 'i'),
  // The password of a URL.
  {
    pattern: new RegExp(
      String.raw`(:(?:\\?/){2}(?!${USER_EXPRESSION})[^\s/:@"'<>${'`'}]{0,256}:)(?!${PLACEHOLDER}@|${PASSWORD_EXPRESSION})[^\s/"'<>${'`'}]{1,1024}(?=@)`,
      'g',
    ),
  },
  // JSON Web Tokens: header and payload are base64url of a JSON object. After a dash only short
  // headers: elsewhere in a run of these characters none begins.
  format(
    String.raw`(?:(?<![A-Za-z0-9_-])eyJ${WORD}{8,4096}|(?<=[_-])eyJ${WORD}{8,512})\.eyJ${WORD}{8,16384}\.`,
    WORD,
    0,
  ),
  { ...format(`${START}sk-`, WORD, 16), plausible: looksRandom },
  format(
    String.raw`${START}(?:sk-(?:ant|proj|svcacct|admin|or-v1)-|glpat-|ya29\.|SG\.${WORD}{16,256}\.)`,
    WORD,
    16,
  ),
  format(`${START}AIza`, WORD, 30),
  format(`${START}[sr]k_(?:live|test)_`, ALPHANUMERIC, 10),
  format(`${START}(?:gh[pousr]|hf)_`, ALPHANUMERIC, 20),
  format(`${START}npm_`, ALPHANUMERIC, 30),
  format(`${START}github_pat_`, '[A-Za-z0-9_]', 20),
  format(`${START}xox[abeoprs]-`, '[A-Za-z0-9-]', 10),
  { pattern: new RegExp(`${START}A[KS]IA[A-Z0-9]{16}(?![A-Za-z0-9])`, 'g') },
];
