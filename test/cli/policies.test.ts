import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { batonAlone as baton, createProject, documents, TIMEOUT } from './harness.ts';

const REQUEST = 'Build me a greeting';

describe.concurrent('a move that needs an approval', TIMEOUT, () => {
  const RELEASE = { from: 'handoff_to_releaser', to: 'deployment', by: ['eve'] };

  it('is made when it is approved, and sent back when it is not', async () => {
    const { repo, options, steer, configure, lines } = createProject();
    steer({ implementation: 'right' });
    configure((config) => {
      config.approvals = [RELEASE];
    });
    const waiting = await baton(['run', REQUEST, ...options]);
    expect([waiting.code, waiting.stderr]).toEqual([7, '']);
    expect(waiting.stdout).toContain(
      "'handoff_to_releaser' → 'deployment' waits for approval by eve",
    );
    expect(waiting.stdout).toMatch(/in a browser:\n {2}baton console --workspace \S+\n/);
    const [, id = ''] = /baton approve (\S+) --by eve/.exec(waiting.stdout) ?? [];
    const approve = (...args: string[]) => baton(['approve', id, ...args, '--workspace', repo]);
    expect((await approve('--by', 'ada')).code).toBe(4);
    expect((await approve('--by', 'eve', '--reject')).stderr).toContain('--reason');
    const rejected = await approve('--by', 'eve', '--reject', '--reason', 'check it again');
    expect(rejected.stdout).toMatch(/approved +no/);
    expect(lines('deployed.log')).toEqual([]);
    expect((await baton(['resume', ...options])).code).toBe(7);
    expect((await approve('--by', 'eve', '--reason', 'seen')).stdout).toMatch(/approved +yes/);
    const done = await baton(['resume', ...options, '--json']);
    expect(done.code).toBe(0);
    expect(lines('deployed.log')).toHaveLength(1);
    const { summary } = documents(done.stdout).at(-1);
    expect(summary.waysBack).toMatchObject([{ by: 'eve', reason: 'check it again' }]);
  });

  it('waits for it whichever caller advances the build', async () => {
    const { repo, options, steer, configure } = createProject();
    steer({ discovery: 'fail' });
    configure((config) => {
      config.approvals = [{ from: 'discovery', to: 'planning', by: ['eve'] }];
      config.coverageThreshold = 100;
    });
    const failed = await baton(['run', REQUEST, ...options, '--json']);
    const id = documents(failed.stdout)[0].status.workflowId;
    const at = ['--workspace', repo, '--json'];
    expect((await baton(['request-retry', id, '--reason', 'again', ...at])).code).toBe(0);
    const result = JSON.stringify({ summary: 'x', requirements: ['y'] });
    const done = ['--role', 'q_assistant', '--completed', 'discovery', '--result', result];
    expect((await baton(['advance', id, ...done, ...at])).code).toBe(0);
    const [status] = documents((await baton(['status', id, ...at])).stdout);
    expect(status).toMatchObject({ state: 'discovery', awaiting: { kind: 'approval' } });
    const [decided] = documents((await baton(['approve', id, '--by', 'eve', ...at])).stdout);
    expect(decided).toMatchObject({ approved: true, state: 'planning' });

    configure((config) => {
      config.roles = 'gone';
    });
    const unreadable = await baton(['advance', id, ...done, ...at]);
    expect([unreadable.code, unreadable.stderr]).toEqual([2, expect.stringContaining('roles')]);
  });
});

describe.concurrent('a role that a person performs', TIMEOUT, () => {
  it('is asked for what has to be handed over', async () => {
    const { repo, options, steer, configure } = createProject();
    steer({ implementation: 'right' });
    configure((config) => {
      config.roles.q_assistant = { human: true };
    });
    for (const answer of ['Greets everyone', 'Write the greeting']) {
      const waiting = await baton(['run', REQUEST, ...options]);
      expect([waiting.code, waiting.stderr]).toEqual([7, '']);
      expect(waiting.stdout).toContain('as q_assistant');
      const [, id = ''] = /baton answer (\S+)/.exec(waiting.stdout) ?? [];
      expect((await baton(['answer', id, answer, '--workspace', repo])).code).toBe(0);
    }
    expect((await baton(['run', REQUEST, ...options])).code).toBe(0);
  });
});

describe.concurrent('the command that installs', TIMEOUT, () => {
  it('runs before code is written and before tests run; what it leaves is no change', async () => {
    const { options, steer, configure, lines, repo, git } = createProject();
    steer({ implementation: 'right' });
    writeFileSync(join(repo, '.gitignore'), 'modules\n');
    git('add', '.');
    git('commit', '--quiet', '--message', 'Ignore');
    configure((config) => {
      const script = 'mkdir -p modules && echo done >> "$0/installed.log"';
      config.commands.install = { argv: ['sh', '-c', script, '{config}'] };
    });
    expect((await baton(['run', REQUEST, ...options])).code).toBe(0);
    expect(lines('installed.log')).toHaveLength(2);
  });

  it('sends the work back when it fails before the tests', async () => {
    const { options, steer, configure } = createProject();
    steer({ implementation: 'right' });
    configure((config) => {
      config.commands.install = { argv: ['sh', '-c', 'echo no such package; exit 3'] };
      config.limits = { maxRetries: 0 };
    });
    const { code, stdout } = await baton(['run', REQUEST, ...options]);
    expect(code).toBe(6);
    expect(stdout).toContain('the command that installs ended with exit code 3');
  });
});

describe.concurrent('secrets', TIMEOUT, () => {
  it('are masked in the request and in what roles say, hand over and record', async () => {
    const { options, steer, configure, folder, repo, read } = createProject();
    const secret = 'correct-horse-battery';
    steer({ implementation: 'right', discovery: `say ${secret}` });
    configure((config) => {
      config.secrets = ['WORD'];
    });
    const cassette = join(folder, 'recorded.json');
    const args = ['run', `Greet with ${secret}`, ...options, '--record', cassette, '--json'];
    const { code, stdout } = await baton(args, { env: { WORD: secret } });
    expect(code).toBe(0);
    const [{ status }] = documents(stdout);
    const where = ['--workspace', repo, '--json'];
    const history = await baton(['history', status.workflowId, ...where]);
    const shown = [stdout, history.stdout, read('recorded.json')];
    for (const text of shown) {
      expect(text).toContain('[secret]');
      expect(text).not.toContain(secret);
    }
    expect(existsSync(cassette)).toBe(true);
    const replay = ['run', `Greet with ${secret}`, ...options, '--replay', cassette, '--new'];
    expect((await baton(replay, { env: { WORD: secret } })).code).toBe(0);
  });
});
