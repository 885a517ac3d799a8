/** What a kind of key looks like. */
export interface KeyFormat {
  /**
   * Global. The first group, where there is one, is kept: it says what was masked. Each pattern reads a text in
   * linear time: it begins where nothing of its kind has begun before, or is at its end by the first character
   * that does not fit. None goes over a line end.
   */
  readonly pattern: RegExp;
  /** Whether what was found is random enough for a key. Default: it is. */
  readonly plausible?: (found: string) => boolean;
}

/** @param head a pattern of what comes before `least` or more characters of `body`, a class. */
function format(head: string, body: string, least: number, flags = ''): KeyFormat {
  return { pattern: new RegExp(`${START}${head}${body}{${least},}`, `g${flags}`) };
}

/** Where a key may begin: not in the midst of a word. */
const START = '(?<![A-Za-z0-9])';
/** What stands between a name and its value; in a form, a plus is a blank. */
const BLANKS = String.raw`[ \t+]{0,9}`;
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

/** The names of headers; a member of an object that is called so must be a literal. */
const AUTHORIZATION = `(Authorization${ASSIGNED}(?:Bearer|Basic|Token)[ \t+]{1,9})`;
const API_KEY = `(x-api-key(?:${BLANKS}[:=]${BLANKS}["']?|["']\\]?${BLANKS}[:=,]${BLANKS}["'\`]))`;
/** The password of a URL. */
const PASSWORD = String.raw`(:(?:\\?/){2}(?!${USER_EXPRESSION})[^\s/:@"'<>${'`'}]{0,256}:)(?!${PLACEHOLDER}@|${PASSWORD_EXPRESSION})[^\s/"'<>${'`'}]{1,1024}(?=@)`;
/** Header and payload are base64url of a JSON object; in a run of these characters none but a short one begins. */
const WEB_TOKEN = String.raw`(?:(?<![A-Za-z0-9_-])eyJ${WORD}{8,4096}|(?<=[_-])eyJ${WORD}{8,512})\.eyJ${WORD}{8,16384}\.`;
const SPECIAL = String.raw`(?:sk-(?:ant|proj|svcacct|admin|or-v1)-|glpat-|ya29\.|SG\.${WORD}{16,256}\.)`;

/** What the keys of well-known issuers look like; private keys are found by their lines instead. */
export const KEY_FORMATS: readonly KeyFormat[] = [
  format(AUTHORIZATION, TOKEN, 6, 'i'),
  format(`(Bearer[ \t+]{1,9})`, TOKEN, 20),
  format(API_KEY, TOKEN, 6, 'i'),
  { pattern: new RegExp(`(secret_?access_?key${ASSIGNED})[A-Za-z0-9/+=]{16,}`, 'gi') },
  { pattern: new RegExp(PASSWORD, 'g') },
  format(WEB_TOKEN, WORD, 0),
  { ...format('sk-', WORD, 16), plausible: looksRandom },
  format(SPECIAL, WORD, 16),
  format('AIza', WORD, 30),
  format('[sr]k_(?:live|test)_', ALPHANUMERIC, 10),
  format('(?:gh[pousr]|hf)_', ALPHANUMERIC, 20),
  format('npm_', ALPHANUMERIC, 30),
  format('baton_[A-Za-z0-9]{16}_', ALPHANUMERIC, 40),
  format('github_pat_', '[A-Za-z0-9_]', 20),
  format('xox[abeoprs]-', '[A-Za-z0-9-]', 10),
  { pattern: new RegExp(`${START}A[KS]IA[A-Z0-9]{16}(?![A-Za-z0-9])`, 'g') },
];
