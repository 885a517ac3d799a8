/** A text to search, and where its characters stand in the text that it was made of. */
export interface View {
  readonly text: string;
  /** Where the character at `index` was written: from its start to before its end. */
  place(index: number): { readonly start: number; readonly end: number };
}

const OCTET = '%(?:25){0,8}';
const HEX = '[0-9A-Fa-f]';
const MORE = `${OCTET}[89ABab]${HEX}`;
const BACKSLASHES = `(?:\\\\|${OCTET}5[Cc]){1,64}`;
/** A character as JSON or a URL writes it, however often it is escaped: `\"`, `\\\u0022`, `%2522`. */
const ESCAPE = new RegExp(
  `${BACKSLASHES}(?:u(?<unit>${HEX}{4})|(?<letter>[bfnrt"'/]|(?=${OCTET}2[27Ff]))|)|` +
    `${OCTET}(?:[0-7]${HEX}|[CDcd]${HEX}${MORE}|[Ee]${HEX}(?:${MORE}){2}|[Ff]${HEX}(?:${MORE}){3})`,
  'g',
);
/** What a text may end with that is a part of an escape. */
const CUT_ESCAPE = new RegExp(
  `(?:${BACKSLASHES}(?:u${HEX}{0,3})?|(?:${MORE}|${OCTET}${HEX}{0,2}){1,3})$`,
);
/** Characters of the longest such end that is looked at. */
const LONGEST_ESCAPE = 32;
const CONTROLS: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };
/** A wrapped text goes on over no longer gap. */
const LONGEST_GAP = 32;
/** Line ends and the indentation behind them; a backslash in front of any other character. */
const GAP = new RegExp(`\\\\|[\\r\\n][\\t\\n\\r ]{0,${LONGEST_GAP}}`, 'g');

export function viewOf(text: string): View {
  return { text, place: (index) => ({ start: index, end: index + 1 }) };
}

/** With the escapes of JSON and URLs undone. */
export function unescaped(view: View): View {
  return rewritten(view, ESCAPE, ([found, unit, letter]) => {
    if (unit !== undefined) return String.fromCharCode(Number.parseInt(unit, 16));
    if (letter !== undefined) return CONTROLS[letter] ?? letter;
    if (found.startsWith('\\') || /^%(?:25){0,8}5[Cc]/.test(found)) return '\\';
    const octets = found.replace(/%(?:25)*(?=[0-9A-Fa-f]{2})/g, '');
    if (octets.length === 2) return String.fromCharCode(Number.parseInt(octets, 16));
    return Buffer.from(octets, 'hex').toString();
  });
}

/** Without line ends and indentation, which wrap a long value. */
export function unwrapped(view: View): View {
  return rewritten(view, GAP, ([gap]) => (gap.length > LONGEST_GAP ? '\n' : ''));
}

/** A text without the beginning of an escape at its end. */
export function withoutCutEscape(text: string): string {
  const end = Math.max(0, text.length - LONGEST_ESCAPE);
  return text.slice(0, end) + text.slice(end).replace(CUT_ESCAPE, '');
}

function rewritten(view: View, pattern: RegExp, write: (match: RegExpExecArray) => string): View {
  const edits: { from: number; to: number; start: number; end: number }[] = [];
  let text = '';
  let read = 0;
  for (const match of view.text.matchAll(pattern)) {
    const written = write(match);
    text += view.text.slice(read, match.index);
    read = match.index + match[0].length;
    edits.push({
      from: text.length,
      to: text.length + written.length,
      start: match.index,
      end: read,
    });
    text += written;
  }
  if (edits.length === 0) return view;
  text += view.text.slice(read);
  return {
    text,
    place(index) {
      let low = 0;
      for (let high = edits.length; low < high; ) {
        const middle = (low + high) >> 1;
        if ((edits[middle]?.from ?? 0) <= index) low = middle + 1;
        else high = middle;
      }
      const edit = edits[low - 1];
      if (edit === undefined) return view.place(index);
      if (index >= edit.to) return view.place(edit.end + index - edit.to);
      return { start: view.place(edit.start).start, end: view.place(edit.end - 1).end };
    },
  };
}
