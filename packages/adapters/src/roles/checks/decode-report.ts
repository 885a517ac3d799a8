const DECLARED = /^\s*<\?xml[^>]*?\sencoding\s*=\s*["']([\w.:-]+)["']/;
const HEAD_BYTES = 512;

/**
 * Decodes a report. The encoding follows from its byte order mark, from the zero bytes of UTF-16 or from an
 * XML declaration; otherwise it is UTF-8.
 *
 * @throws Error when an XML declaration names an unknown encoding.
 */
export function decodeReport(bytes: Uint8Array): string {
  return new TextDecoder(encodingOf(bytes)).decode(bytes);
}

function encodingOf(bytes: Uint8Array): string {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  // A report begins with an ASCII character.
  if (first === 0 && second !== 0) return 'utf-16be';
  if (second === 0 && first !== 0 && first !== undefined) return 'utf-16le';
  const head = Buffer.from(bytes.subarray(0, HEAD_BYTES)).toString('latin1');
  const [, declared = 'utf-8'] = DECLARED.exec(head.replace(/^\u00ef\u00bb\u00bf/, '')) ?? [];
  // .NET declares UTF-16 in files that it writes in UTF-8.
  if (/^utf-?16|^ucs-?2|^utf-?32/i.test(declared)) return 'utf-8';
  try {
    return new TextDecoder(declared).encoding;
  } catch {
    throw new Error(`its encoding ${declared} is not known; expected UTF-8 or UTF-16`);
  }
}
