import { unescaped, unwrapped } from './view.ts';

/** Text shorter than this is no secret: masking it would garble ordinary text. */
const [SHORTEST, SHORTEST_LINE] = [6, 16];

/** How secrets may be written, without the line ends that may wrap them. */
export function secretForms(values: readonly string[]): readonly string[] {
  // What ends a line of a file of settings may have come along.
  const secrets = values.flatMap((value) => [value, value.trim()]).filter(isLongEnough);
  // Of a secret with several lines, such as a key file, each tells enough.
  const lines = secrets.flatMap((value) => value.split(/\r?\n/));
  const texts = [...secrets, ...lines.filter(({ length }) => length >= SHORTEST_LINE)];
  const plain = texts.map((text) => unescaped({ text }).text);
  const inForms = plain.map((text) => text.replaceAll(' ', '+'));
  const forms = [...texts, ...plain, ...inForms, ...secrets.flatMap(binaryForms)];
  const unbroken = forms.map((text) => unwrapped({ text }).text);
  return [...new Set(unbroken.filter(isLongEnough))];
}

function isLongEnough(text: string): boolean {
  return text.length >= SHORTEST;
}

/**
 * Hex, and base64 by itself and in the midst of a longer text (`user:password`), where it depends on what comes
 * before: for each of the three positions, the characters that depend on the secret alone.
 */
function binaryForms(value: string): string[] {
  const hex = Buffer.from(value).toString('hex');
  const base64 = [0, 1, 2].map((before) => {
    const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(value)]);
    const [start, end] = [Math.ceil((before * 8) / 6), Math.floor((bytes.length * 8) / 6)];
    return bytes.toString('base64').slice(start, end);
  });
  const base64url = base64.map((one) => one.replaceAll('+', '-').replaceAll('/', '_'));
  return [hex, hex.toUpperCase(), ...base64, ...base64url];
}
