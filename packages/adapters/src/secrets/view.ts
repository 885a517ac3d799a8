/** A text to search, made of another one. */
export interface View {
  readonly text: string;
  /** Where its characters were written in that one: from a start to before an end. Absent: at the same place. */
  readonly places?: { readonly starts: Uint32Array; readonly ends: Uint32Array };
}

export function startOf({ places }: View, index: number): number {
  return places?.starts[index] ?? index;
}

export function endOf({ places }: View, index: number): number {
  return places?.ends[index] ?? index + 1;
}

/** In a URL, or in a URL in a URL. */
const OCTET = '%(?:25)?';
const HEX = '[0-9A-Fa-f]';
const MORE = `${OCTET}[89ABab]${HEX}`;
const BACKSLASHES = `(?:\\\\|${OCTET}5[Cc]){1,64}`;
/** A character as JSON or a URL writes it, also in one another: `\"`, `\\\u0022`, `%2522`. */
const ESCAPE = new RegExp(
  `${BACKSLASHES}(?:u${HEX}{4}|[bfnrt"'/]|${OCTET}2[27Ff]|)|` +
    `${OCTET}(?:[0-7]${HEX}|[CDcd]${HEX}${MORE}|[Ee]${HEX}(?:${MORE}){2}|[Ff]${HEX}(?:${MORE}){3})`,
  'y',
);
const SLASHES = new RegExp(`^${BACKSLASHES}`);
const CONTROLS: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };
/** Line ends and the indentation behind them; backslashes before any other character. */
const GAP = /\\+|[\r\n][\t\n\r ]{0,32}/y;

/** With the escapes of JSON and URLs undone. */
export function unescaped(view: View): View {
  return rewritten(view, '\\%', ESCAPE, (found) => {
    const written = found.replace(SLASHES, '');
    if (written === '') return '\\';
    if (written.startsWith('u')) return characterOf(written.slice(1));
    if (!written.startsWith('%')) return CONTROLS[written] ?? written;
    if (written.length === 3) return characterOf(written.slice(1));
    return Buffer.from(written.replace(/%(?:25(?=..))?/g, ''), 'hex').toString();
  });
}

function characterOf(hex: string): string {
  return String.fromCharCode(Number.parseInt(hex, 16));
}

/** Without line ends, the indentation behind them and backslashes. */
export function unwrapped(view: View): View {
  return rewritten(view, '\\\r\n', GAP, () => '');
}

/**
 * @param first the characters with which `pattern`, which is sticky, finds something.
 * @param write what is no longer than what was found.
 */
function rewritten(
  view: View,
  first: string,
  pattern: RegExp,
  write: (found: string) => string,
): View {
  const { text } = view;
  if (![...first].some((one) => text.includes(one))) return view;
  const codes = new Uint16Array(text.length);
  const places = { starts: new Uint32Array(text.length), ends: new Uint32Array(text.length) };
  let size = 0;
  for (let at = 0, next = 0; at < text.length; at = next) {
    pattern.lastIndex = at;
    const isFound = first.includes(text[at] as string) && pattern.test(text);
    next = isFound ? pattern.lastIndex : at + 1;
    const written = isFound ? write(text.slice(at, next)) : (text[at] as string);
    for (let nth = 0; nth < written.length; nth++, size++) {
      codes[size] = written.charCodeAt(nth);
      places.starts[size] = startOf(view, at);
      places.ends[size] = endOf(view, next - 1);
    }
  }
  return { text: Buffer.from(codes.buffer, 0, 2 * size).toString('utf16le'), places };
}
