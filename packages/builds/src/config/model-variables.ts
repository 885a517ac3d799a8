import { HEADER_VARIABLES, KEY_VARIABLES, type ModelEntry } from './model-schema.ts';

export type Variables = Readonly<Record<string, string | undefined>>;

/** What requests to Bedrock are signed with where there is no key, and those to a bucket; the last one is optional. */
export const AWS_VARIABLES = {
  accessKeyId: 'AWS_ACCESS_KEY_ID',
  secretAccessKey: 'AWS_SECRET_ACCESS_KEY',
  sessionToken: 'AWS_SESSION_TOKEN',
} as const;

/** The environment variable with the key of a model; undefined where none is needed. */
export function keyVariableOf(
  { provider, apiKeyEnv }: ModelEntry,
  env: Variables,
): string | undefined {
  const usual = KEY_VARIABLES[provider];
  if (apiKeyEnv !== undefined) return apiKeyEnv;
  if (usual === undefined || provider !== 'bedrock') return usual;
  const isSigned = !isSet(usual, env) && isSet(AWS_VARIABLES.accessKeyId, env);
  return isSigned ? undefined : usual;
}

/** Whether requests are signed in place of a key. */
export function isSigned(entry: ModelEntry, env: Variables): boolean {
  return entry.provider === 'bedrock' && keyVariableOf(entry, env) === undefined;
}

/** What is signed with; undefined where the environment has no whole pair. */
export function awsCredentialsIn(env: Variables) {
  const [accessKeyId, secretAccessKey, sessionToken] = Object.values(AWS_VARIABLES).map(
    (name) => env[name] || undefined,
  );
  if (accessKeyId === undefined || secretAccessKey === undefined) return undefined;
  return { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) };
}

/** The environment variables that a model cannot do without. */
export function neededVariables(entry: ModelEntry, env: Variables): readonly string[] {
  const key = keyVariableOf(entry, env);
  return [
    ...(key === undefined ? [] : [key]),
    ...(isSigned(entry, env) ? [AWS_VARIABLES.accessKeyId, AWS_VARIABLES.secretAccessKey] : []),
    ...headerVariables(entry),
  ];
}

/** The environment variables that a model has its secrets in, whether or not they are set. */
export function secretVariables(entry: ModelEntry): readonly string[] {
  const { provider, apiKeyEnv } = entry;
  const key = apiKeyEnv ?? KEY_VARIABLES[provider];
  return [
    ...(key === undefined ? [] : [key]),
    ...(provider === 'bedrock' ? Object.values(AWS_VARIABLES) : []),
    ...headerVariables(entry),
  ];
}

/** The variables, with a stand-in for each that a model needs and that is not set. */
export function withStandIns(entries: readonly ModelEntry[], env: Variables): Variables {
  const needed = entries.flatMap((entry) => neededVariables(entry, env));
  const missing = needed.filter((variable) => !isSet(variable, env));
  return { ...env, ...Object.fromEntries(missing.map((variable) => [variable, 'replayed'])) };
}

export function isSet(variable: string, env: Variables): boolean {
  return (env[variable] ?? '') !== '';
}

function headerVariables({ headers = {} }: ModelEntry): readonly string[] {
  return Object.values(headers).flatMap((value) =>
    [...value.matchAll(HEADER_VARIABLES)].map(([, name = '']) => name),
  );
}
