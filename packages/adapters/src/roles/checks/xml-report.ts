import { SaxesParser } from 'saxes';

export interface XmlHandlers {
  /** @param depth 0 for the root. */
  open(tag: string, attributes: Readonly<Record<string, string>>, depth: number): void;
  close?(tag: string): void;
  text?(text: string): void;
}

/** Characters that XML 1.0 forbids and runners write all the same, as colours in the output of tests. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the pattern searches for them.
const DISALLOWED = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ud800-\udfff\ufffe\uffff]/gu;
const REFERENCE = /&#(?:x([0-9a-f]+)|(\d+));/gi;

/**
 * Reads XML as tools write it: it leaves out characters that XML forbids, as they are or as references
 * (`&#27;`), and white space before the declaration.
 *
 * @throws Error when the XML is not well-formed.
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
  // Trimming also removes a byte order mark.
  parser.write(xml.trimStart().replace(DISALLOWED, '').replace(REFERENCE, allowed)).close();
}

/** Keeps a reference unless it stands for a character that XML forbids. */
function allowed(reference: string, hex: string | undefined, decimal: string | undefined): string {
  const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
  if (code > 0x10ffff) return '';
  const character = String.fromCodePoint(code);
  return character.replace(DISALLOWED, '') === '' ? '' : reference;
}
