import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { temporaryFolder } from '../../../adapters/src/testing/temporary-folder.ts';
import { ConfigError } from '../config.ts';
import { serve } from '../serve.ts';
import { loadPolicies } from './load-policies.ts';

function file(name: string, text: string): string {
  const folder = temporaryFolder();
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

/** What is wrong with a file, without its name. */
async function problems(name: string, text: string): Promise<readonly string[]> {
  const path = file(name, text);
  const reason = await loadPolicies(path).catch((error) => error);
  if (!(reason instanceof ConfigError)) return [];
  return reason.problems.map((line) => line.replace(`WORKFLOW_POLICIES: ${path}: `, ''));
}

const json = (policies: object) => problems('p.json', JSON.stringify(policies));
const RELEASE = { from: 'handoff_to_releaser', to: 'deployment', by: ['grace'] };
const APART = { phase: 'verification', from: 'implementation', by: 'model_family' };
const CORE = new URL('../../../core/src/index.ts', import.meta.url).href;
const ARTICLE = `
import { defineWorkflow } from '${CORE}';
import { z } from '${import.meta.resolve('zod')}';
const output = z.looseObject({});
const article = (version) => defineWorkflow({
  name: 'article',
  version,
  roles: { writer: { title: 'Writer', instructions: 'Write.' } },
  states: { draft: { phase: 'writer', output, to: 'published' }, published: { final: true } },
});`;

it('holds what workflows on a server have to keep to', async () => {
  const path = file(
    'policies.json',
    JSON.stringify({
      coverageThreshold: 95,
      approvals: [RELEASE],
      separations: [APART],
      budgets: { tokens: 1000, phases: { testing: { wallSeconds: 1.5 } } },
      concurrency: { perProject: 1 },
    }),
  );
  const server = await serve({
    WORKFLOW_POLICIES: path,
    DATABASE_URL: 'memory:',
    BATON_GRPC_PORT: '0',
    BATON_HTTP_PORT: '0',
    LOG_LEVEL: 'silent',
  });
  onTestFinished(() => server.stop());
  const counts = '(approvals: 1, separations: 1)';
  expect(server.summary).toContain(
    `build@1 ${counts}, build-and-hand-over@1 ${counts}, default budgets, concurrency limits (perProject)`,
  );
  const at = `http://127.0.0.1:${server.httpPort}`;
  const call = async (method: string, body: object, service = 'WorkflowService') => {
    const response = await fetch(`${at}/baton.v1.${service}/${method}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    // biome-ignore lint/suspicious/noExplicitAny: the test names what it expects
    return (await response.json()) as any;
  };
  const { definition } = await call('GetDefinition', {});
  expect(definition).toMatchObject({ approvals: [RELEASE], separations: [APART] });
  expect(JSON.stringify(definition.states)).toContain('at least 95 %');
  const build = { projectId: 'p', buildId: 'b', userId: 'ada', requirements: {} };
  const handingOver = await call('GetDefinition', { name: 'build-and-hand-over' });
  expect(handingOver.definition).toMatchObject({ approvals: [RELEASE], separations: [APART] });
  expect(JSON.stringify(handingOver.definition.states)).toContain('at least 95 %');
  const { workflowId } = await call('StartWorkflow', build);
  const { status } = await call('GetWorkflowStatus', { workflowId });
  const second = await call('StartWorkflow', { ...build, buildId: 'b2', priority: -7 });
  const take = { worker: 'w', roles: ['q_assistant'], lease: '30s' };
  const claim = (id: string) =>
    call('ClaimAssignment', { workflowId: id, ...take }, 'AssignmentService');
  expect(await claim(workflowId)).toMatchObject({ assignment: { workflowId } });
  expect(await claim(second.workflowId)).toMatchObject({ code: 'resource_exhausted' });
  const of = await call('GetWorkflowStatus', { workflowId: second.workflowId });
  expect(of.status.priority).toBe(-7);
  expect(status.budgets).toEqual({ tokens: '1000', phases: { testing: { wall: '1.500s' } } });
});

it('has definitions of its own, in a module', async () => {
  const path = file(
    'p.mjs',
    `${ARTICLE}\nexport default { definitions: [article(1), article(2)] };`,
  );
  const { definitions, budgets } = await loadPolicies(path);
  const names = definitions.map(({ name, version }) => `${name}@${version}`);
  expect(names).toEqual(['build@1', 'build-and-hand-over@1', 'article@1', 'article@2']);
  expect(budgets).toBeUndefined();
});

it.each([
  [
    { approval: [] },
    'approval: unknown key; expected one of $schema, coverageThreshold, coverageOf',
  ],
  [
    { approvals: [{ ...RELEASE, from: 'releasing' }] },
    'approvals[0].from: found "releasing"; expected one of discovery',
  ],
  [
    { approvals: [{ ...RELEASE, to: 'complete' }] },
    "there is no such forward transition; 'handoff_to_releaser' leads to deployment",
  ],
  [{ approvals: [{ ...RELEASE, by: ['code_writer'] }] }, "'code_writer' is a role"],
  [
    { separations: [{ ...APART, by: 'family' }] },
    'separations[0].by: found "family"; expected one of worker, model, model_family',
  ],
  [
    { separations: [{ ...APART, from: 'toString' }] },
    'separations[0].from: found "toString"; expected one of discovery',
  ],
  [{ concurrency: { roles: { code_writer: 0 } } }, 'concurrency.roles.code_writer: '],
  [
    { budgets: { phases: { testin: {} } } },
    'budgets.phases.testin: unknown key; expected one of discovery',
  ],
  [
    JSON.parse('{"budgets": {"phases": {"__proto__": {}}}}'),
    'budgets.phases.__proto__: unknown key; expected one of discovery',
  ],
  [{ coverageOf: 'some' }, 'coverageOf: found "some"; expected one of all, changed lines'],
  [{ coverageThreshold: 101 }, 'coverageThreshold: found 101; expected at most 100'],
  [{ definitions: [{}] }, 'definitions: found in JSON; expected in a module'],
  [[], 'found []; expected object'],
])('refuses %o', async (policies, words) => {
  expect((await json(policies)).join('\n')).toContain(words);
});

it('may demand the coverage of changed lines', async () => {
  const policies = { coverageThreshold: 95, coverageOf: 'changed lines' };
  const { definitions } = await loadPolicies(file('p.json', JSON.stringify(policies)));
  expect(definitions[0]?.states['testing']).toMatchObject({
    gates: expect.arrayContaining([
      expect.objectContaining({ description: 'Line coverage of changed lines is at least 95 %' }),
    ]),
  });
});

it('tells everything that is wrong at once, a line each', async () => {
  expect(await json({ coverageThreshold: 'all', approvals: {} })).toHaveLength(2);
});

it.each([
  ['p.json', '{"a": x7Kx2Lm9}', 'is not JSON: expected a value at line 1, column 7'],
  ['p.yaml', '', "found '.yaml'; expected a name in .json, .ts, .mjs, .js"],
  ['p.mjs', 'export const policies = {};', 'has no default export'],
  ['p.mjs', 'throw new Error("not today");', 'cannot be loaded: not today'],
  ['p.mjs', 'export default { definitions: [{ name: "x" }] };', 'definitions[0].version'],
  [
    'p.mjs',
    `${ARTICLE}\nexport default { definitions: [article(1), article(1)] };`,
    'share a name and a version',
  ],
])('refuses the file %s with %j', async (name, text, words) => {
  expect((await problems(name, text)).join('\n')).toContain(words);
});

it('names a file that is not there', async () => {
  await expect(loadPolicies('/none/p.json')).rejects.toThrow(
    'WORKFLOW_POLICIES: /none/p.json: there is no such file',
  );
});
