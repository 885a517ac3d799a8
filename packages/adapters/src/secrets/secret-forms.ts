import { unescaped, unwrapped, viewOf } from './view.ts';

/** Text shorter than this is no secret: masking it would garble ordinary text. */
const SHORTEST = 6;
const SHORTEST_LINE = 16;

/** How secrets may be written, without the line ends that may wrap them. */
export function secretForms(values: readonly string[]): readonly string[] {
  // What ends a line of a file of settings may have come along.
  const secrets = values.flatMap((value) => [value, value.trim()]).filter(isLongEnough);
  // Of a secret with several lines, such as a key file, each tells enough.
  const texts = secrets.flatMap((value) => [
    value,
    ...value.split(/\r?\n/).filter((line) => line.length >= SHORTEST_LINE),
  ]);
  const forms = [...texts.flatMap(textForms), ...secrets.flatMap(binaryForms)];
  const written = forms.map((form) => unwrapped(viewOf(form)).text);
  return [...new Set(written.filter(isLongEnough))];
}

function isLongEnough(text: string): boolean {
  return text.length >= SHORTEST;
}

function textForms(text: string): string[] {
  const plain = unescaped(viewOf(text)).text;
  const written = [JSON.stringify(text).slice(1, -1), encodeURIComponent(text.toWellFormed())];
  return [text, plain, plain.replaceAll(' ', '+'), ...written];
}

/**
 * Hex, and base64 by itself and in the midst of a longer text (`user:password`), where it depends on
 * what comes before: for each of the three positions, the characters that depend on the secret alone.
 */
function binaryForms(value: string): string[] {
  const bytes = Buffer.from(value);
  const base64 = (['base64', 'base64url'] as const).flatMap((encoding) =>
    [0, 1, 2].map((before) => {
      const encoded = Buffer.concat([Buffer.alloc(before), bytes]).toString(encoding);
      const start = Math.ceil((before * 8) / 6);
      const end = Math.floor(((before + bytes.length) * 8) / 6);
      return encoded.slice(start, end);
    }),
  );
  return [bytes.toString('hex'), bytes.toString('hex').toUpperCase(), ...base64];
}

/**
 * Why masking does little for a secret: `short` ones are not masked, for that would garble ordinary text;
 * `common` ones are, but everyone guesses what stood there.
 */
export type WeakSecret = 'short' | 'common';

/** Words that stand in ordinary text, and passwords that are tried first. */
const COMMON = new Set(
  (
    'password passwort passw0rd password1 password123 secret secrets changeme default example sample ' +
    'testing tester test123 localhost production staging development database postgres postgresql mysql ' +
    'mariadb mongodb rabbitmq elastic guest123 admin123 administrator welcome welcome1 letmein qwerty ' +
    'qwerty123 qwertz asdfgh abc123 abcdef abcdefgh 123456 1234567 12345678 123456789 1234567890 ' +
    'username user123 public private master iloveyou'
  ).split(' '),
);

/**
 * Why a value cannot be masked well; undefined where it can.
 *
 * @example
 * import { weaknessOf } from '@baton/adapters/secrets';
 * weaknessOf('84213'); // 'short'
 */
export function weaknessOf(value: string): WeakSecret | undefined {
  const secret = value.trim();
  if (secret.length < SHORTEST) return 'short';
  const isOneCharacter = new Set(secret).size === 1;
  return isOneCharacter || COMMON.has(secret.toLowerCase()) ? 'common' : undefined;
}
