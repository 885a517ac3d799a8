import { BUILD_PHASES, type DefinitionDescription } from '@baton/core';
import { approvalText } from '../text/rule-texts.ts';
import type { Config } from './load-config.ts';
import { reportsOf } from './reports-of.ts';
import { ROLE_OF } from './role-of.ts';
import type { RoleName } from './role-schema.ts';

type Phase = (typeof BUILD_PHASES)[number];

/** Whose work is held against what comes later. */
const AUTHORS: ReadonlySet<RoleName> = new Set(['q_assistant', 'code_writer']);

/**
 * What the work of a role has to pass after it, a line each: the gates and approvals of the definition,
 * and the commands and protected files of the configuration. Empty for roles that judge.
 *
 * @param definition what the build runs by, a server's where its state is kept there.
 */
export function expectationsOf(
  role: RoleName,
  config: Pick<Config, 'commands' | 'workspace'>,
  definition: DefinitionDescription,
): readonly string[] {
  if (!AUTHORS.has(role)) return [];
  const later = BUILD_PHASES.slice(
    BUILD_PHASES.findLastIndex((phase) => ROLE_OF[phase] === role) + 1,
  );
  return [
    ...filesLines(config),
    ...later.flatMap((phase) => phaseLines(phase, config, definition)),
    ...definition.approvals.map((rule) => `- a person approves: ${approvalText(rule)}`),
  ];
}

function filesLines({ workspace }: Pick<Config, 'workspace'>): readonly string[] {
  return [
    '- every answer: `changedFiles` names exactly the files that differ; no link leads out of the workspace',
    ...(workspace.protected.length === 0
      ? []
      : [
          `- every answer: files that match these patterns stay as they are: ${workspace.protected.join(', ')}`,
        ]),
  ];
}

function phaseLines(
  phase: Phase,
  { commands }: Pick<Config, 'commands'>,
  { states }: DefinitionDescription,
): readonly string[] {
  const gates = states.find(({ name }) => name === phase)?.gates ?? [];
  return [
    ...gates.map(({ name, description }) => `- ${phase}, gate ${name}: ${description}`),
    ...commandLines(phase, commands).map((line) => `- ${phase}, ${line}`),
  ];
}

/** What is run in a phase; all of it must end with exit code 0. */
function commandLines(phase: Phase, commands: Config['commands']): readonly string[] {
  const { install, test, verify, deploy, smoke } = commands;
  switch (phase) {
    case 'testing':
      return [
        ...(install === undefined ? [] : [`runs install first: ${shown(install.argv)}`]),
        `runs test: ${shown(test.argv)}; counts come from its JUnit report, line coverage from ${coverageReport(test)}`,
      ];
    case 'verification':
      return verify.map(({ name, argv }) => `runs ${name}: ${shown(argv)}`);
    case 'deployment':
      if (deploy === undefined) return ['hands the work over as a branch; nothing is deployed'];
      return [
        `deploys to ${deploy.target}: ${shown(deploy.argv)}`,
        ...(smoke ?? []).map(({ name, argv }) => `smoke test ${name}: ${shown(argv)}`),
      ];
    default:
      return [];
  }
}

function coverageReport(test: Config['commands']['test']): string {
  const { lcov, coverage, coverageFormat } = reportsOf(test);
  const path = lcov ?? coverage ?? '{reports}/lcov.info';
  return coverageFormat === undefined ? path : `${path} (${coverageFormat})`;
}

function shown(argv: readonly string[]): string {
  return argv.map((one) => (/\s/.test(one) ? JSON.stringify(one) : one)).join(' ');
}
