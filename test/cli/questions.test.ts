import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import {
  baton,
  createProject,
  documents,
  says,
  start,
  startAtTerminal,
  startServer,
  TIMEOUT,
} from './harness.ts';

const REQUEST = 'Build me a greeting';

/** Options that say where the state is: for `run`, and for the operations. */
const places = {
  embedded: async (repo: string) => ({ run: [], operations: ['--workspace', repo] }),
  'by a server': async () => {
    const where = ['--server', (await startServer()).address];
    return { run: where, operations: where };
  },
};

describe.concurrent.each(Object.entries(places))(
  'a role that asks, %s',
  TIMEOUT,
  (_name, place) => {
    it('ends a run without a terminal; with the answers it goes on', async () => {
      const { repo, options, steer, lines } = createProject();
      const { run, operations } = await place(repo);
      steer({ discovery: 'ask', implementation: 'right' });
      const waiting = await baton(['run', REQUEST, ...options, ...run]);
      expect([waiting.code, waiting.stderr]).toEqual([7, '']);
      expect(waiting.stdout).toContain('q_assistant asks: Which word? (hello / goodbye)');
      const [, id = ''] = /baton answer (\S+) q1 "the answer"/.exec(waiting.stdout) ?? [];
      expect(waiting.stdout).toContain(`Then go on with: baton resume ${id}`);

      const again = await baton(['run', REQUEST, ...options, ...run, '--json']);
      expect(again.code).toBe(7);
      expect(documents(again.stdout).at(-1)).toMatchObject({
        kind: 'waiting',
        workflowId: id,
        awaiting: { kind: 'answers' },
        questions: [{ id: 'q1', choices: ['hello', 'goodbye'] }, { id: 'q2' }],
      });
      expect(lines('performed.log')).toEqual(['discovery 1']);
      expect((await baton(['status', id, ...operations])).stdout).toContain('For whom?');

      const answer = (...args: string[]) => baton(['answer', id, ...args, ...operations]);
      const unclear = await answer('hello');
      expect([unclear.code, unclear.stderr]).toEqual([2, expect.stringContaining('q2: For whom?')]);
      expect((await answer('q1', 'hallo')).stderr).toContain('choices: hello, goodbye');
      expect((await answer('q1', 'hello')).stdout).toMatch(/still open +q2/);
      expect((await answer('everyone', '--by', 'eve')).code).toBe(0);
      expect((await answer('x')).code).toBe(4);
      expect((await baton(['run', REQUEST, ...options, ...run])).code).toBe(0);
      expect(lines('answers.log')).toEqual(['hello (ada), everyone (eve)']);
      const trail = await baton(['watch', id, ...operations]);
      expect(trail.stdout).toContain('eve answers q2: everyone');
      expect(trail.stdout).toMatch(/▶ discovery +q_assistant {2}by \S+\n/);
    });
  },
);

const noTerminal = spawnSync('script', ['--version']).error !== undefined;

describe.skipIf(noTerminal)('a run at a terminal (made by the program script)', TIMEOUT, () => {
  it('asks the person there, and goes on with the answers', async () => {
    const { options, steer, lines } = createProject();
    steer({ discovery: 'ask', implementation: 'right' });
    const run = startAtTerminal(['run', REQUEST, ...options, '--user', 'eve']);
    await says(run, 'Which word?');
    run.process.stdin?.write('1\r');
    await says(run, 'For whom?');
    run.process.stdin?.write('who has ghp_abcdefghijklmnopqrstuvwxyz0123456789\r');
    const { code, stdout } = await run.ended;
    expect(stdout).toContain('is complete');
    expect(code).toBe(0);
    expect(lines('answers.log')).toEqual(['hello (eve), who has [secret] (eve)']);
  });

  it('ends by Ctrl-C as usual, and by Ctrl-D as without a person', async () => {
    const { options, steer } = createProject();
    steer({ discovery: 'ask' });
    for (const [key, code] of [
      ['\u0003', 130],
      ['\u0004', 7],
    ] as const) {
      const run = startAtTerminal(['run', REQUEST, ...options]);
      await says(run, '2) goodbye');
      run.process.stdin?.write(key);
      expect((await run.ended).code).toBe(code);
    }
  });
});

describe.concurrent('baton watch', TIMEOUT, () => {
  it('shows what a role says while it works', async () => {
    const { address } = await startServer();
    const { options, steer, hanging } = createProject();
    steer({ discovery: 'ask', planning: 'hang' });
    const server = ['--server', address];
    const waiting = await baton(['run', REQUEST, ...options, ...server]);
    const [, id = ''] = /baton answer (\S+)/.exec(waiting.stdout) ?? [];
    const watch = start(['watch', id, ...server]);
    const json = start(['watch', id, ...server, '--json']);
    await Promise.all([says(watch, 'asks q2'), says(json, '"question_asked"')]);
    await baton(['answer', id, 'q1', 'hello', ...server]);
    await baton(['answer', id, 'x', ...server]);
    const run = start(['run', REQUEST, ...options, ...server]);
    await Promise.all([
      says(watch, '· q_assistant: working on planning'),
      says(json, '"message":"working on planning"'),
    ]);
    await hanging();
    for (const one of [run, watch, json]) one.process.kill('SIGINT');
    expect((await watch.ended).code).toBe(130);
    await Promise.all([run.ended, json.ended]);
  });
});
