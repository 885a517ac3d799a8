import type { Config } from '../config/load-config.ts';
import { keyVariableOf } from '../config/model-options.ts';
import { modelsInUse } from '../config/models-in-use.ts';
import type { Finding } from './finding.ts';

/** Whether the environment has what the configuration names. Values are never shown. */
export function checkVariables(
  { models, roles, secrets, environment }: Config,
  env: Readonly<Record<string, string | undefined>>,
): readonly Finding[] {
  const isSet = (variable: string): boolean => (env[variable] ?? '') !== '';
  const missing = missingKeys({ models, roles }, env);
  const keys = [...modelsInUse(models, roles)].flatMap(([name, model]): Finding[] => {
    const variable = keyVariableOf(model);
    if (variable === undefined) return [];
    if (isSet(variable))
      return [{ name: `models.${name}`, verdict: 'ok', found: `a key in ${variable}` }];
    return [
      {
        name: `models.${name}`,
        verdict: 'problem',
        found: `${variable} is not set`,
        advice: `set it to a key of ${model.provider}, or name another variable with apiKeyEnv`,
      },
    ];
  });
  const others = Object.entries({ secrets, environment }).flatMap(([field, names]) =>
    names
      .filter((variable) => !isSet(variable) && !missing.includes(variable))
      .map(
        (variable): Finding => ({
          name: field,
          verdict: 'warning',
          found: `${variable} is not set`,
          advice: `set it, or take it out of ${field}`,
        }),
      ),
  );
  return [...keys, ...others];
}

/** The variables without a value that the models in use have their keys in. */
export function missingKeys(
  { models, roles }: Pick<Config, 'models' | 'roles'>,
  env: Readonly<Record<string, string | undefined>>,
): readonly string[] {
  const variables = [...modelsInUse(models, roles).values()].map(keyVariableOf);
  return variables.filter(
    (variable): variable is string => variable !== undefined && (env[variable] ?? '') === '',
  );
}
