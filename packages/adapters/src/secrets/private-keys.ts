const BASE64 = '[A-Za-z0-9+/=]';
const NAME = '[A-Z ]{0,64}PRIVATE KEY(?: BLOCK)?-----';
const BEGIN = new RegExp(`-----BEGIN ${NAME}`, 'g');
const EITHER = `-----(?:BEGIN|END) ${NAME}`;
/** A run of base64 that is as long as this is material of a key. */
const RUN = `${BASE64}{20,}`;
/** Characters behind the first line in which a key begins; whatever else stands there is only words. */
const BEGINNING = 256;
/** No word or path is a run with letters of both cases and figures. */
const MIXED = ['[A-Z]', '[a-z]', '[0-9+]']
  .map((one) => `(?=${BASE64}{0,${BEGINNING}}?${one})`)
  .join('');
/** The first run; or of a key that is shorter or cut off, nothing but base64 and line ends. */
const KEY = new RegExp(
  `(?:(?!${EITHER})[^]){0,${BEGINNING}}?(?<!${BASE64})${MIXED}${RUN}|` +
    `(?:\\s*[\\r\\n]\\s*)?${BASE64}+\\s*(?:$|${EITHER})`,
  'y',
);
/** Behind 1024 characters without such a run there is no key any more. */
const INSIDE = `(?:(?!-----END ${NAME})[^]){0,1024}`;
const TO_NEXT_RUN = new RegExp(`${INSIDE}?${RUN}`, 'y');
const TO_END = new RegExp(`${INSIDE}(?:-----END ${NAME})?`, 'y');
/** Characters of the longest first or last line. */
const LONGEST_LINE = 110;

/**
 * Finds private keys (PEM, PGP): from the line that begins one to the line that ends it, or to where nothing has
 * looked like a key for 1024 characters. Where no key follows, as in prose or code, the line alone is found.
 * @param last whether nothing comes behind the text.
 * @returns where a key begins whose end is not known yet; the end of the text for none.
 */
export function findPrivateKeys(
  text: string,
  last: boolean,
  onFound: (start: number, end: number) => void,
): number {
  for (let at = 0; ; ) {
    BEGIN.lastIndex = at;
    const begin = BEGIN.exec(text);
    if (begin === null) return text.length;
    at = BEGIN.lastIndex;
    if (lengthAt(KEY, text, at) > 0) {
      for (let length = -1; length !== 0; at += length) length = lengthAt(TO_NEXT_RUN, text, at);
      at += lengthAt(TO_END, text, at);
      if (at === text.length && !last) return begin.index;
    } else if (text.length - at <= BEGINNING + LONGEST_LINE && !last) return begin.index;
    onFound(begin.index, at);
  }
}

function lengthAt(sticky: RegExp, text: string, at: number): number {
  sticky.lastIndex = at;
  return sticky.exec(text)?.[0].length ?? 0;
}
