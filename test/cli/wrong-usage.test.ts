import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { baton, createProject, start, TIMEOUT } from './harness.ts';

const violationsOf = (stderr: string) =>
  Object.fromEntries(
    JSON.parse(stderr).error.violations.map((one: { field: string; description: string }) => [
      one.field,
      one.description,
    ]),
  );

describe.concurrent('a config that is not valid', TIMEOUT, () => {
  it('is refused with every path, what was found and what was expected', async () => {
    const { options, configure } = createProject();
    configure((config) => {
      config.commands.tset = config.commands.test;
      delete config.commands.test;
      config.commands.verify[0].argv = 'npm test';
      config.roles.code_writer = { command: ['x'], module: 'y' };
      config.coverageThreshold = 101;
    });
    const { code, stdout, stderr } = await baton(['run', 'x', ...options, '--json']);
    expect([code, stdout]).toEqual([2, '']);
    expect(violationsOf(stderr)).toEqual({
      'commands.test': 'found nothing; expected object',
      'commands.tset':
        'unknown key; expected one of install, test, verify, deploy, smoke, rollback',
      'commands.verify[0].argv': 'found "npm test"; expected array',
      'roles.code_writer':
        'found command and module; expected exactly one of model, agent, command, module, cassette, human',
      coverageThreshold: 'found 101; expected at most 100',
    });
  });

  it('is refused with models, phases, budgets and rules that do not fit', async () => {
    const { options, configure } = createProject();
    const refusedWith = async (change: Parameters<typeof configure>[0]) => {
      configure(change);
      const { code, stdout, stderr } = await baton(['run', 'x', ...options, '--json'], {
        env: { SOME_KEY: 'k' },
      });
      expect([code, stdout]).toEqual([2, '']);
      return violationsOf(stderr);
    };
    const model = { provider: 'openai-compatible', model: 'm', baseUrl: 'http://127.0.0.1:9/v1' };
    const usual = (config: { models: unknown; roles: Record<string, unknown> }) => {
      config.models = { local: { ...model } };
      config.roles['q_assistant'] = { module: './voice.mjs' };
      config.roles['code_writer'] = { model: 'local' };
    };
    expect(
      await refusedWith((config) => {
        config.models = { local: { ...model, provider: 'acme', colour: 'red' } };
        const phases = { coding: 'local', testing: 'local' };
        config.roles.code_writer = { model: 'local', phases, passEnv: ['X'] };
        config.roles.q_assistant = { model: 'local', phases: { testing: 'local' } };
        config.budgets = { euros: 3, phases: { testing: { wallMs: 1 } } };
      }),
    ).toEqual({
      'models.local.provider':
        'found "acme"; expected one of anthropic, azure, azure-chat, bedrock, google, openai, openai-chat, openai-compatible',
      'models.local.colour': expect.stringMatching(/^unknown key; expected one of provider, model/),
      'roles.code_writer.passEnv': 'goes with an agent or a command only',
      'roles.code_writer.phases.coding': 'unknown key; expected one of implementation',
      'roles.code_writer.phases.testing': 'unknown key; expected one of implementation',
      'roles.q_assistant.phases.testing': 'unknown key; expected one of discovery, planning',
      'budgets.euros': 'unknown key; expected one of tokens, cost, wallSeconds, phases',
      'budgets.phases.testing.wallMs': 'unknown key; expected one of tokens, cost, wallSeconds',
    });
    expect(
      await refusedWith((config) => {
        usual(config);
        config.budgets = {};
        config.roles.code_writer = { model: 'locale', maxSteps: 3 };
        config.models.local.fallback = ['remote'];
      }),
    ).toEqual({
      'models.local.fallback[0]': "there is no model 'remote'; models: local",
      'roles.code_writer.model': "there is no model 'locale'; models: local",
    });
    expect(
      await refusedWith((config) => {
        usual(config);
        config.budgets = { phases: { implementation: { cost: 3 } } };
      }),
    ).toEqual({
      'models.local.price': 'found nothing; expected one, for a budget caps the cost',
    });
    expect(
      await refusedWith((config) => {
        usual(config);
        config.models.local.apiKeyEnv = 'NO_SUCH_KEY';
        config.budgets = { phases: { testing: { cost: 3 } } };
      }),
    ).toEqual({ 'models.local': expect.stringContaining('NO_SUCH_KEY is not set') });
    expect(
      await refusedWith((config) => {
        usual(config);
        config.models.local.apiKeyEnv = 'SOME_KEY';
        config.approvals = [{ from: 'discovery', to: 'deployment' }];
      }),
    ).toEqual({ 'approvals.discovery': expect.stringContaining('no such forward transition') });
  });

  it('is refused before a build begins when nothing performs a role', async () => {
    const { repo, options, configure } = createProject();
    configure((config) => {
      delete config.roles.code_writer;
    });
    const { code, stderr } = await baton(['run', 'x', ...options]);
    expect(code).toBe(2);
    expect(stderr).toContain('roles.code_writer: found nothing');
    expect((await baton(['list'], { cwd: repo })).code).toBe(3);
  });

  it.each([
    ['a module that is not there', { module: './none.mjs' }, 3, 'none.mjs'],
    ['a module without a role', { module: './check.mjs' }, 2, 'perform(assignment, context)'],
    ['a cassette for nothing', { cassette: 7 }, 2, 'roles.q_assistant.cassette: found 7'],
  ])('is refused with %s', async (_what, entry, exitCode, words) => {
    const { options, configure, folder } = createProject();
    writeFileSync(join(folder, 'check.mjs'), 'export const x = 1;');
    configure((config) => {
      config.roles.q_assistant = entry;
    });
    const { code, stderr } = await baton(['run', 'x', ...options]);
    expect(stderr).toContain(words);
    expect(code).toBe(exitCode);
  });

  it('is refused with a placeholder that stands for nothing', async () => {
    const { options, configure } = createProject();
    configure((config) => {
      config.commands.test.argv = ['node', '{report}'];
    });
    const { code, stderr } = await baton(['run', 'x', ...options]);
    expect([code, stderr]).toEqual([2, expect.stringContaining('{report}')]);
  });

  it('may be a module', async () => {
    const { repo, folder } = createProject();
    const path = join(folder, 'baton.config.mjs');
    writeFileSync(path, 'export default { roles: {} };');
    const { code, stderr } = await baton(['run', 'x', '--workspace', repo, '--config', path]);
    expect(code).toBe(2);
    expect(stderr).toContain('commands: found nothing; expected object');
  });
});

describe.concurrent('a workspace that builds cannot start from', TIMEOUT, () => {
  it('is refused before a build is begun', async () => {
    const { config } = createProject();
    const plain = mkdtempSync(join(tmpdir(), 'baton-plain-'));
    const { code, stderr } = await baton(['run', 'x', '--workspace', plain, '--config', config]);
    expect(code).toBe(2);
    expect(stderr).toContain('not a git repository');
    const none = ['run', 'x', '--workspace', join(plain, 'none'), '--config', config];
    expect((await baton(none)).code).toBe(3);
  });
});

describe.concurrent('wrong usage', TIMEOUT, () => {
  it.each([
    ['an unknown command', ['sttus'], 'Did you mean status?'],
    ['a missing argument', ['token'], "'workflow', an id that the command list shows"],
    ['no answer', ['answer', 'wf'], "missing required argument 'answer'"],
    ['help for an unknown command', ['help', 'frob'], "unknown command 'frob'"],
    ['an unknown option', ['list', '--colour'], "unknown option '--colour'"],
    [
      'more at once than may be',
      ['worker', '--concurrency', '501'],
      'code_writer=2,test_auditor=1; see --help',
    ],
    ['a number that is none', ['history', 'wf', '--page-size', 'many'], 'Expected a whole number'],
    [
      'a number that fits nowhere',
      ['rollback', 'wf', '--to', 's', '--reason', 'r', '--expected-revision', '99999999999'],
      'Expected a whole number, 0 to 4294967295',
    ],
    [
      'no address',
      ['list', '--server', 'nonsense'],
      "found 'nonsense'; expected an address such as",
    ],
    ['an address of another protocol', ['list', '--server', 'ftp://x'], 'http://127.0.0.1:7481'],
    ['two places', ['list', '--server', 'http://x', '--workspace', '.'], 'cannot be used with'],
    ['no JSON', ['advance', 'wf', '--role', 'r', '--completed', 's', '--result', '{'], '--result'],
  ])('is exit code 2: %s', async (_what, args, words) => {
    const { code, stdout, stderr } = await baton(args);
    expect(stdout).toBe('');
    expect(stderr).toContain(words);
    expect(code).toBe(2);
  });

  it('is said as JSON with --json', async () => {
    const { code, stdout, stderr } = await baton(['rollback', '--json']);
    expect([code, stdout]).toEqual([2, '']);
    expect(JSON.parse(stderr).error).toMatchObject({ code: 'invalid_input', legal: [] });
  });

  it('is said in one line on a Node that is too old', async () => {
    const older = 'Object.defineProperty(process.versions,"node",{value:"20.19.5"})';
    const env = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(older)}` };
    const { code, stdout, stderr } = await start(['list'], { env }).ended;
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toBe('error: baton needs Node 22.18 or later, this is Node 20.19.5\n');
  });

  it('is exit code 3 where there is no state', async () => {
    const { repo } = createProject();
    const { code, stderr } = await baton(['list'], { cwd: repo });
    expect([code, stderr]).toEqual([
      3,
      expect.stringContaining('no build was begun here: there is no state database at'),
    ]);
  });

  it('is exit code 5 where there is no server', async () => {
    const { code, stderr } = await baton(['list', '--server', 'http://127.0.0.1:9', '--json']);
    expect(JSON.parse(stderr).error.code).toBe('unavailable');
    expect(code).toBe(5);
  });
});
