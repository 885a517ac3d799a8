import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Turn } from '../../packages/adapters/src/roles/llm/testing/script.ts';
import { baton, createProject, documents, startServer, TIMEOUT } from './harness.ts';
import { KEY, SCRIPT, withModels } from './scripted-models.ts';

const REQUEST = 'Build me a greeting';
const ENV = { env: { MODEL_KEY: KEY } };

it(
  'models perform the roles that name them; what is recorded replays without them',
  TIMEOUT,
  async () => {
    const project = createProject();
    const { options, folder, read, configure } = project;
    const { requests } = await withModels(project, SCRIPT);
    const cassette = join(folder, 'live.json');
    const args = ['run', REQUEST, ...options, '--json'];
    const live = await baton([...args, '--record', cassette], ENV);
    expect([live.code, live.stderr]).toEqual([0, '']);
    expect(requests).toHaveLength(SCRIPT.length);
    expect(requests[0]?.headers.authorization).toBe(`Bearer ${KEY}`);
    const { summary } = documents(live.stdout).at(-1);
    expect(summary).toMatchObject({ complete: true, retries: 1 });
    expect(summary.usage).toMatchObject({ requests: SCRIPT.length, unpricedRequests: 0 });
    expect(summary.usage.cost).toBeCloseTo((SCRIPT.length * (100 + 20 * 10)) / 1_000_000, 9);
    expect(summary.notes).toContainEqual(
      expect.objectContaining({ phase: 'testing', code: 'claim_replaced' }),
    );
    for (const text of [live.stdout, read('live.json')]) expect(text).not.toContain(KEY);
    expect(read('live.json')).toContain('[secret]');

    configure((config) => {
      config.roles = {};
    });
    const replayed = await baton([...args, '--replay', cassette, '--new'], ENV);
    expect([replayed.code, replayed.stderr]).toEqual([0, '']);
    expect(requests).toHaveLength(SCRIPT.length);
  },
);

it(
  'over its budget a build stops with the figures, and goes on with a raised cap',
  TIMEOUT,
  async () => {
    const project = createProject();
    const { options, repo, configure } = project;
    const [first, ...others] = SCRIPT;
    const dear = { ...first, usage: { input: 30_000, output: 10 } } as Turn;
    await withModels(project, [dear, ...others]);
    configure((config) => {
      config.budgets = { tokens: 20_000 };
      delete config.roles.test_auditor;
    });
    const stopped = await baton(['run', REQUEST, ...options], ENV);
    expect(stopped.code).toBe(6);
    expect(stopped.stdout).toContain('30010 of its 20000 tokens');
    const [, id = ''] = /baton request-retry (\S+) .*--budget/.exec(stopped.stdout) ?? [];
    const where = ['--workspace', repo];
    const typo = ['--budget', 'implementaton.tokens=5'];
    const refused = await baton(['request-retry', id, '--reason', 'go on', ...typo, ...where]);
    expect([refused.code, refused.stderr]).toEqual([
      2,
      expect.stringContaining("no phase 'implementaton'; phases: discovery, planning, implem"),
    ]);
    const retry = [
      'request-retry',
      id,
      '--reason',
      'go on',
      '--budget',
      'tokens=9000000',
      ...where,
    ];
    expect((await baton(retry)).code).toBe(0);
    const resumed = await baton(['resume', ...options], ENV);
    expect(resumed.code).toBe(0);
    expect(resumed.stdout).toMatch(/used +3\d,\d{3} tokens in/);
  },
);

it(
  'a model that would judge what its like has written is refused before a build begins',
  TIMEOUT,
  async () => {
    const project = createProject();
    const { requests } = await withModels(project, SCRIPT);
    project.configure((config) => {
      config.separations = [{ phase: 'testing', from: 'implementation', by: 'model_family' }];
    });
    const { code, stderr } = await baton(['run', REQUEST, ...project.options], ENV);
    expect(stderr).toContain("model_family 'qwen' performs 'implementation' and 'testing'");
    expect(code).toBe(2);
    expect(requests).toEqual([]);
  },
);

it(
  'a model hears the gates, the prompt and the repository, and is sent its headers',
  TIMEOUT,
  async () => {
    const project = createProject();
    const { repo, folder, git } = project;
    const { requests } = await withModels(project, SCRIPT);
    writeFileSync(join(repo, 'AGENTS.md'), 'Greetings end in a line feed.\n');
    git('add', 'AGENTS.md');
    git('commit', '--quiet', '--message', 'Say how greetings end');
    writeFileSync(join(folder, 'writer.md'), 'You write greetings, and nothing else.\n');
    project.configure((config) => {
      config.coverageThreshold = 71;
      config.models.local.headers = { 'x-gateway': `Bearer \${GATEWAY_TOKEN}` };
      config.models.local.reasoningEffort = 'low';
      config.roles.code_writer.prompt = { file: 'writer.md' };
    });
    const args = ['run', REQUEST, ...project.options, '--json'];
    const without = await baton(args, ENV);
    expect([without.code, without.stderr]).toEqual([
      2,
      expect.stringContaining('the environment variable GATEWAY_TOKEN is not set'),
    ]);
    const env = { ...ENV.env, GATEWAY_TOKEN: 'opaque-gateway-token' };
    const { code, stdout, stderr } = await baton(args, { env });
    expect([code, stderr]).toEqual([0, '']);
    const discovery = requests[0];
    expect(discovery?.headers['x-gateway']).toBe('Bearer opaque-gateway-token');
    expect(discovery?.body['reasoning_effort']).toBe('low');
    expect(discovery?.text).not.toContain('You write greetings');
    const writing = requests[2]?.text;
    for (const heard of [
      'You write greetings, and nothing else.',
      '# What is data',
      'Greetings end in a line feed.',
      '- testing, gate coverage: Line coverage is at least 71 %',
      '- verification, runs greeting is there: ',
    ]) {
      expect(writing).toContain(heard);
    }
    expect(writing).not.toContain('You write the code.');
    const { summary } = documents(stdout).at(-1);
    expect(summary.notes).toContainEqual(
      expect.objectContaining({ phase: 'implementation', code: 'prompt_configured' }),
    );
  },
);

it('a prompt that is not there keeps a build from starting', TIMEOUT, async () => {
  const project = createProject();
  const { requests } = await withModels(project, SCRIPT);
  project.configure((config) => {
    config.roles.code_writer.prompt = { file: 'writer.md' };
  });
  const run = await baton(['run', REQUEST, ...project.options], ENV);
  expect([run.code, run.stderr]).toEqual([
    2,
    expect.stringMatching(/roles\.code_writer\.prompt\.file: \S+writer\.md is not there/),
  ]);
  const doctor = await baton(['doctor', ...project.options], ENV);
  expect(doctor.stdout).toContain('writer.md is not there; expected a text file');
  expect(requests).toEqual([]);
});

it('at a server a model hears of the gates that the server demands', TIMEOUT, async () => {
  const project = createProject();
  const { requests } = await withModels(project, SCRIPT);
  const policies = join(project.folder, 'policies.json');
  writeFileSync(policies, JSON.stringify({ coverageThreshold: 51 }));
  const { address } = await startServer('0', 'memory:', ['--policies', policies]);
  const args = ['run', REQUEST, ...project.options, '--server', address];
  const { code, stderr } = await baton(args, ENV);
  expect([code, stderr]).toEqual([0, '']);
  expect(requests[2]?.text).toContain('Line coverage is at least 51 %');
});
