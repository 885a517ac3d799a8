import { SaxesParser } from 'saxes';

export interface XmlHandlers {
  /** @param depth 0 for the root. */
  open(tag: string, attributes: Readonly<Record<string, string>>, depth: number): void;
  close?(tag: string): void;
  text?(text: string): void;
}

/** Characters that XML 1.0 does not allow, but that runners write into what tests print (colours). */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const DISALLOWED = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ud800-\udfff\ufffe\uffff]/gu;
const REFERENCE = /&#(?:x([0-9a-f]+)|(\d+));/gi;

/**
 * Reads XML as tools write it: with characters that XML forbids, as they are or as references
 * (`&#27;`), which are left out, and with blanks before the declaration.
 *
 * @throws Error when it is not well-formed.
 */
export function readXml(xml: string, { open, close, text }: XmlHandlers): void {
  const parser = new SaxesParser();
  let depth = 0;
  parser.on('opentag', ({ name, attributes }) => {
    open(name, attributes, depth);
    depth += 1;
  });
  parser.on('closetag', ({ name }) => {
    depth -= 1;
    close?.(name);
  });
  if (text !== undefined) parser.on('text', text);
  // Trimming takes a byte order mark, too.
  parser.write(xml.trimStart().replace(DISALLOWED, '').replace(REFERENCE, allowed)).close();
}

/** A reference as it is, or nothing when it stands for a character that XML forbids. */
function allowed(reference: string, hex: string | undefined, decimal: string | undefined): string {
  const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
  if (code > 0x10ffff) return '';
  const character = String.fromCodePoint(code);
  return character.replace(DISALLOWED, '') === '' ? '' : reference;
}
