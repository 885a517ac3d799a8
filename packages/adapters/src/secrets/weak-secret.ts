import { SHORTEST } from './secret-forms.ts';

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
