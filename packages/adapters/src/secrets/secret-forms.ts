/** Text shorter than this is no secret: masking it would garble ordinary text. */
const SHORTEST = 6;
const SHORTEST_LINE = 16;

/** The ways in which secrets may be written. */
export interface SecretForms {
  /** As they are, in parts, or encoded. */
  readonly plain: readonly string[];
  /** In base64, without the line ends that may wrap it. */
  readonly base64: readonly string[];
}

export function secretForms(values: readonly string[]): SecretForms {
  const secrets = values.filter((value) => value.length >= SHORTEST);
  return {
    plain: distinct(secrets.flatMap(formsOf)),
    base64: distinct(secrets.flatMap(base64FormsOf)),
  };
}

function distinct(forms: readonly string[]): string[] {
  return [...new Set(forms.filter((form) => form.length >= SHORTEST))];
}

function formsOf(value: string): string[] {
  // Of a secret with several lines, such as a key file, each tells enough.
  const lines = value.split(/\r?\n/);
  const hex = Buffer.from(value).toString('hex');
  return [
    ...lines.filter((line) => line.length >= SHORTEST_LINE),
    // A terminal has line ends of its own.
    ...[value, lines.join('\n'), lines.join('\r\n')].flatMap((text) => [
      text,
      ...jsonFormsOf(text),
    ]),
    ...urlFormsOf(value),
    ...htmlFormsOf(value),
    hex,
    hex.toUpperCase(),
  ];
}

function urlFormsOf(value: string): string[] {
  const encoded = encodeURIComponent(value.toWellFormed());
  // RFC 3986 reserves these, too; forms (application/x-www-form-urlencoded) encode all but `*`.
  const strict = encoded.replace(
    /[!'()*]/g,
    (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  const form = new URLSearchParams({ v: value }).toString().slice(2);
  const forms = [encoded, strict, form, encoded.replaceAll('%20', '+')];
  return forms.flatMap((one) => [
    one,
    one.replace(/%[0-9A-F]{2}/g, (octet) => octet.toLowerCase()),
  ]);
}

/** Inside JSON, and inside JSON in JSON; with and without what is not ASCII and the slash escaped. */
function jsonFormsOf(value: string): string[] {
  const quoted = (text: string): string => JSON.stringify(text).slice(1, -1);
  const ascii = (text: string, upper: boolean): string =>
    quoted(text).replace(/[\u007f-\uffff]/g, (one) => {
      const code = one.charCodeAt(0).toString(16).padStart(4, '0');
      return `\\u${upper ? code.toUpperCase() : code}`;
    });
  const once = [quoted(value), ascii(value, false), ascii(value, true)];
  const slashed = once.map((text) => text.replaceAll('/', '\\/'));
  return [...once, ...slashed].flatMap((text) => [text, quoted(text)]);
}

function htmlFormsOf(value: string): string[] {
  const basic = value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  const doubles = ['&quot;', '&#34;'].map((quote) => basic.replaceAll('"', quote));
  const singles = ['&#39;', '&#039;', '&#x27;', '&apos;'];
  return [
    basic,
    ...doubles,
    ...doubles.flatMap((text) => singles.map((quote) => text.replaceAll("'", quote))),
  ];
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
