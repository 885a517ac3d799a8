import type { Config } from '../config/load-config.ts';
import { isSet, keyVariableOf, neededVariables } from '../config/model-variables.ts';
import { modelsInUse } from '../config/models-in-use.ts';
import { poorlyMasked } from '../config/poorly-masked.ts';
import type { Finding } from './finding.ts';

/** Whether the environment has what the configuration names. Values are never shown. */
export function checkVariables(
  { models, roles, secrets, environment }: Config,
  env: Readonly<Record<string, string | undefined>>,
): readonly Finding[] {
  const missing = missingKeys({ models, roles }, env);
  const keys = [...modelsInUse(models, roles)].flatMap(([name, model]): Finding[] => {
    const needed = neededVariables(model, env);
    if (needed.length === 0) return [];
    const absent = needed.filter((variable) => !isSet(variable, env));
    if (absent.length === 0) {
      const found = `a key in ${needed.join(', ')}`;
      return [{ name: `models.${name}`, verdict: 'ok', found }];
    }
    return absent.map((variable) => ({
      name: `models.${name}`,
      verdict: 'problem',
      found: `${variable} is not set`,
      advice:
        variable === keyVariableOf(model, env)
          ? `set it to a key of ${model.provider}, or name another variable with apiKeyEnv`
          : `set it: models.${name} sends it to ${model.provider}`,
    }));
  });
  const others = Object.entries({ secrets, environment }).flatMap(([field, names]) =>
    names
      .filter((variable) => !isSet(variable, env) && !missing.includes(variable))
      .map(
        (variable): Finding => ({
          name: field,
          verdict: 'warning',
          found: `${variable} is not set`,
          advice: `set it, or take it out of ${field}`,
        }),
      ),
  );
  const weak = poorlyMasked({ secrets, models }, env).map(
    ({ variable, problem }): Finding => ({
      name: 'secrets',
      verdict: 'warning',
      found: `the value of ${variable} ${problem}`,
      advice: 'use a longer one that is random',
    }),
  );
  return [...keys, ...others, ...weak];
}

/** The variables without a value that the models in use have their keys and headers in. */
export function missingKeys(
  { models, roles }: Pick<Config, 'models' | 'roles'>,
  env: Readonly<Record<string, string | undefined>>,
): readonly string[] {
  const variables = [...modelsInUse(models, roles).values()].flatMap((model) =>
    neededVariables(model, env),
  );
  return [...new Set(variables)].filter((variable) => !isSet(variable, env));
}
