import type { Baseline, BaselineStep } from '@baton/adapters/checks';
import { expect, it } from 'vitest';
import { configSchema } from '../config/config-schema.ts';
import { describeStep, explainProblem, problemsOf, refusedOf } from './describe-baseline.ts';

const PASSED: BaselineStep = {
  ...{ purpose: 'verify', name: 'lint', argv: ['eslint', '.'], exitCode: 0, durationMs: 500 },
  ...{ details: '', print: '', changedFiles: [], putBack: [] },
};

const failed = (purpose: BaselineStep['purpose'], more: Partial<BaselineStep> = {}) => ({
  ...{ ...PASSED, purpose, name: purpose, exitCode: 1 },
  ...{ failure: `'${purpose}' failed with exit code 1`, ...more },
});

const HINDERED = {
  found: 'it ran in the sandbox (bubblewrap): ~/.x exists on this machine, but not in the sandbox',
  advice: '"sandbox": { "read": ["~/.x"] } in commands.test of /shop/c.json',
};

function configOf(baseline: unknown) {
  const document = configSchema.parse({
    roles: {},
    commands: { test: { argv: ['true'] }, verify: [{ name: 'x', argv: ['true'] }] },
    baseline,
  });
  return { ...document, path: '/shop/c.json' };
}

const baselineOf = (...steps: BaselineStep[]): Baseline => ({ tree: 't', steps });

async function refused(baseline: unknown, ...steps: BaselineStep[]) {
  const problems = await refusedOf(baselineOf(...steps), configOf(baseline));
  return problems.map(({ step }) => step.name);
}

it.each<[string, Partial<BaselineStep>, string]>([
  ['passed', {}, "'lint' passed (0.5s)"],
  [
    'passed, and was refused a host',
    { refused: 'it ran in the sandbox (bubblewrap): x; if it needs that, set y' },
    "'lint' passed (0.5s); it ran in the sandbox (bubblewrap): x; if it needs that, set y",
  ],
  [
    'failed for its sandbox',
    { failure: "'lint' failed with exit code 1", hindered: HINDERED },
    `'lint' failed with exit code 1 (0.5s); ${HINDERED.found}`,
  ],
  [
    'used too much',
    { failure: "'lint' was ended: it had 9 processes; raise sandbox.processes if it needs more" },
    "'lint' was ended: it had 9 processes; raise sandbox.processes if it needs more (0.5s)",
  ],
  [
    'never began',
    { exitCode: null, durationMs: 0, missing: "cannot run 'eslint'" },
    "'lint' cannot run: cannot run 'eslint'",
  ],
])('has the time of a step that %s not run into what else is said', (_, step, text) => {
  expect(describeStep({ ...PASSED, ...step })).toBe(text);
});

it('has an installation that fails keep a build from beginning, whatever else is tolerated', async () => {
  const install = failed('install', { hindered: HINDERED });
  expect(await refused('run', install)).toEqual(['install']);
  expect(await refused({ failing: 'tolerate' }, install)).toEqual(['install']);
  expect(await refused({ failingInstall: 'tolerate' }, install)).toEqual([]);
  const [problem] = await problemsOf(baselineOf(install), configOf('run'));
  expect(problem?.advice).toMatch(/^if 'install' needs that, set "sandbox": .*; otherwise make/);
  expect(problem?.advice).toContain('"baseline": { "failingInstall": "tolerate" }');
  expect(problem?.advice).not.toContain('"failing"');
});

it('accepts with it what may lack what was not installed, and nothing without it', async () => {
  const lacking = failed('test', { missing: 'no jest' });
  const failing = failed('verify');
  const install = failed('install');
  const accepted = { failingInstall: 'tolerate' };
  expect(await refused(accepted, install, lacking, failing)).toEqual([]);
  expect(await refused(accepted, lacking, failing)).toEqual(['test', 'verify']);
  expect(await refused({ failing: 'tolerate' }, lacking, failing)).toEqual(['test']);
});

it('never accepts an installation that cannot be run at all', async () => {
  const install = failed('install', { missing: 'no npm' });
  expect(await refused({ failing: 'tolerate', failingInstall: 'tolerate' }, install)).toEqual([
    'install',
  ]);
});

it('says of tests that fail what the sandbox kept from them, before it offers to tolerate them', async () => {
  const [problem] = await problemsOf(
    baselineOf(failed('test', { hindered: HINDERED })),
    configOf('run'),
  );
  expect(problem?.advice).toBe(
    `if 'test' needs that, set ${HINDERED.advice}; otherwise fix that and commit it, or let builds begin even so with "baseline": { "failing": "tolerate" } in /shop/c.json`,
  );
});

it('names the command that has more of the output than is shown', async () => {
  const details = Array.from({ length: 30 }, (_, line) => `line ${line}`).join('\n');
  const [problem] = await problemsOf(baselineOf(failed('test', { details })), configOf('run'));
  if (problem === undefined) expect.fail('no problem');
  expect(explainProblem(problem, 'baton doctor --run')).toContain(
    '(only the end; all of it: "details" of baton doctor --run --json)',
  );
});
