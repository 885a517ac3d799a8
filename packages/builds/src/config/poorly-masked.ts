import { type SecretConfig, secretVariablesOf } from './create-config-redactor.ts';
import type { Variables } from './model-variables.ts';

/** A variable whose value cannot be masked well, and why. */
export interface PoorlyMasked {
  readonly variable: string;
  /** In words; the value is not in them. */
  readonly problem: string;
}

/** What has fewer characters is not masked. */
const SHORTEST = 6;
const SHORT = `has fewer than ${SHORTEST} characters, so it is not masked: what roles say and keep may show it`;
const IS_COMMON =
  'is a common word: it is masked wherever it stands, and easy to guess all the same';

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

/** The secrets of a configuration that masking does little for. */
export function poorlyMasked(config: SecretConfig, env: Variables): readonly PoorlyMasked[] {
  return secretVariablesOf(config, env).flatMap((variable) => {
    const problem = problemOf(env[variable] ?? '');
    return problem === undefined ? [] : [{ variable, problem }];
  });
}

function problemOf(value: string): string | undefined {
  const secret = value.trim();
  if (value === '') return undefined;
  if (secret.length < SHORTEST) return SHORT;
  const isOneCharacter = new Set(secret).size === 1;
  return isOneCharacter || COMMON.has(secret.toLowerCase()) ? IS_COMMON : undefined;
}
