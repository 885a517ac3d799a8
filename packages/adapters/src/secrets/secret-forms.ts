import { unescapeText } from './unescaped-finder.ts';

/** Text shorter than this is no secret: masking it would garble ordinary text. */
export const SHORTEST = 6;
const SHORTEST_LINE = 16;

/** The ways in which secrets may be written. */
export interface SecretForms {
  /** As they are, in parts, or in hex. */
  readonly plain: readonly string[];
  /** The same with all escapes undone, and as forms have it, with a plus for a blank. */
  readonly spelled: readonly string[];
  /** In base64, without the line ends that may wrap it. */
  readonly base64: readonly string[];
}

export function secretForms(values: readonly string[]): SecretForms {
  // What ends a line of a file of settings may have come along.
  const secrets = distinct(values.flatMap((value) => [value, value.trim()]));
  const texts = secrets.flatMap(textsOf);
  return {
    plain: distinct([...texts, ...secrets.flatMap(hexFormsOf)]),
    spelled: distinct(texts.map(unescapeText).flatMap((text) => [text, text.replaceAll(' ', '+')])),
    base64: distinct(secrets.flatMap(base64FormsOf)),
  };
}

function distinct(forms: readonly string[]): string[] {
  return [...new Set(forms.filter((form) => form.length >= SHORTEST))];
}

function textsOf(value: string): string[] {
  // Of a secret with several lines, such as a key file, each tells enough.
  const lines = value.split(/\r?\n/);
  return [
    ...lines.filter((line) => line.length >= SHORTEST_LINE),
    value,
    // A terminal has line ends of its own.
    lines.join('\n'),
    lines.join('\r\n'),
  ];
}

function hexFormsOf(value: string): string[] {
  const hex = Buffer.from(value).toString('hex');
  return [hex, hex.toUpperCase()];
}

/**
 * Base64 by itself and in the midst of a longer text (`user:password`), where it depends on what
 * comes before: for each of the three positions, the characters that depend on the secret alone.
 */
function base64FormsOf(value: string): string[] {
  const bytes = Buffer.from(value);
  return (['base64', 'base64url'] as const).flatMap((encoding) =>
    [0, 1, 2].map((before) => {
      const encoded = Buffer.concat([Buffer.alloc(before), bytes]).toString(encoding);
      const start = Math.ceil((before * 8) / 6);
      const end = Math.floor(((before + bytes.length) * 8) / 6);
      return encoded.slice(start, end);
    }),
  );
}
