import type { BaselineCommands } from '@baton/adapters/checks';
import { type CommandMaker, checkOf } from '../config/check-of.ts';
import { coverageRuleOf } from '../config/coverage-of.ts';
import { reportsOf } from '../config/reports-of.ts';

/** The commands of a configuration that run before a build changes anything. */
export function baselineCommands(maker: CommandMaker): BaselineCommands {
  const { config } = maker;
  const { install, test, verify } = config.commands;
  const acceptsFailingInstall = config.baseline.failingInstall === 'tolerate';
  return {
    ...(install !== undefined && { install: checkOf(maker, 'install', 'install', install) }),
    test: { ...checkOf(maker, 'test', 'test', test), reports: reportsOf(test) },
    acceptsFailingInstall,
    coverage: { exclude: coverageRuleOf(config).exclude },
    verify: verify.map((one) => checkOf(maker, 'verify', one.name, one)),
  };
}
