import { HTML_ENTITIES } from './html-entities.ts';

/** What an escape stands for, and how many characters it takes. */
export interface Decoded {
  readonly text: string;
  readonly length: number;
}

/** No escape is longer, however often it is escaped itself; in characters. */
export const LONGEST_ESCAPE = 64;

/** What escapes are made of. */
const MADE_OF_ESCAPES = /^[\\%&#;A-Za-z0-9]*$/;

const ENTITY = /^&(?:#[xX]0{0,8}([0-9A-Fa-f]{1,6})|#0{0,8}([0-9]{1,7})|([A-Za-z]{2,7}[1-4]{0,2}));/;
const CONTROLS: ReadonlyMap<string, string> = new Map([
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
]);

const BACKSLASH = 0x5c;
const PERCENT = 0x25;
const AMPERSAND = 0x26;

function isLead(code: number): boolean {
  return code === BACKSLASH || code === PERCENT || code === AMPERSAND;
}

/** Where an escape may begin, from `from` on; the end of the text, where none does. */
export function nextLead(text: string, from: number): number {
  let at = from;
  while (at < text.length && !isLead(text.charCodeAt(at))) at++;
  return at;
}

/** Whether the escape that a text begins with may go on, or become one, with what comes. */
export function mayGoOn(text: string): boolean {
  return text.length < LONGEST_ESCAPE && MADE_OF_ESCAPES.test(text);
}

/** Whether the text may be cut off within the escape that it begins with, `found` as far as it goes. */
export function isCutOff(text: string, found: Decoded | undefined): boolean {
  if (found === undefined || found.length === text.length) return true;
  return found.text === '' && /^u[0-9A-Fa-f]{0,3}$/.test(text.slice(found.length));
}

/** One escape of one character; of a character beyond ASCII, a URL has a byte by itself. */
interface Part extends Decoded {
  readonly byte?: number;
}

/**
 * The escape that a text begins with, undone as often as it was made: `\\\"`, `%2522` and `\u0026quot;`
 * are all a quotation mark. Undefined where the text begins with none.
 *
 * @param text of at most `LONGEST_ESCAPE` characters.
 */
export function decodeEscape(text: string): Decoded | undefined {
  const first = unescapePart(text);
  if (first?.byte === undefined) return first;
  const bytes = [first.byte];
  let { length } = first;
  for (const count = first.byte >= 0xf0 ? 4 : first.byte >= 0xe0 ? 3 : 2; bytes.length < count; ) {
    const part = unescapePart(text.slice(length));
    if (part?.byte === undefined) return undefined;
    bytes.push(part.byte);
    length += part.length;
  }
  const decoded = Buffer.from(bytes).toString('utf8');
  return decoded.includes('\ufffd') ? undefined : { text: decoded, length };
}

function unescapePart(text: string): Part | undefined {
  const part = readPart(text);
  // What it stands for may begin an escape in turn.
  if (part === undefined || !isLead(part.text.charCodeAt(0))) return part;
  const inner = unescapePart(part.text + text.slice(part.length));
  return inner === undefined ? part : { ...inner, length: part.length + inner.length - 1 };
}

function readPart(text: string): Part | undefined {
  switch (text.charCodeAt(0)) {
    case BACKSLASH:
      return readBackslash(text);
    case PERCENT:
      return readOctet(text);
    default:
      return readEntity(text);
  }
}

/** As in JSON; before any other character a backslash counts for nothing. */
function readBackslash(text: string): Part {
  const second = text.charAt(1);
  const unit = second === 'u' ? hexNumber(text.slice(2, 6), 4) : undefined;
  if (unit !== undefined) return { text: String.fromCharCode(unit), length: 6 };
  const control = CONTROLS.get(second);
  return control === undefined ? { text: '', length: 1 } : { text: control, length: 2 };
}

/** As in URLs and forms. */
function readOctet(text: string): Part | undefined {
  const byte = hexNumber(text.slice(1, 3), 2);
  if (byte === undefined) return undefined;
  if (byte < 0x80) return { text: String.fromCharCode(byte), length: 3 };
  return { text: '', length: 3, byte };
}

/** As in HTML. */
function readEntity(text: string): Part | undefined {
  const [found, hex, decimal, name] = ENTITY.exec(text) ?? [];
  if (found === undefined) return undefined;
  const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
  const decoded = name === undefined ? fromCode(code) : HTML_ENTITIES.get(name);
  return decoded === undefined ? undefined : { text: decoded, length: found.length };
}

function fromCode(code: number): string | undefined {
  return code <= 0x10_ffff ? String.fromCodePoint(code) : undefined;
}

const HEX = /^[0-9A-Fa-f]+$/;

function hexNumber(digits: string, count: number): number | undefined {
  return digits.length === count && HEX.test(digits) ? Number.parseInt(digits, 16) : undefined;
}
