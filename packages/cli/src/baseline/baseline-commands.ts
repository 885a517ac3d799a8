import type { BaselineCommands } from '@baton/adapters/checks';
import { checkOf, type Environment } from '../config/check-of.ts';
import { coverageRuleOf } from '../config/coverage-of.ts';
import type { Config } from '../config/load-config.ts';
import { reportsOf } from '../config/reports-of.ts';

/** The commands of a configuration that run before a build changes anything. */
export function baselineCommands(config: Config, env: Environment): BaselineCommands {
  const { install, test, verify } = config.commands;
  return {
    ...(install !== undefined && { install: checkOf(config, env, 'install', install) }),
    test: { ...checkOf(config, env, 'test', test), reports: reportsOf(test) },
    coverage: { exclude: coverageRuleOf(config).exclude },
    verify: verify.map((one) => checkOf(config, env, one.name, one)),
  };
}
