import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { baton, createProject, documents, says, start, startServer, TIMEOUT } from './harness.ts';

/** Options that say where the state is: in a workspace, or on a server of this test's own. */
const places: Record<string, () => Promise<readonly string[]>> = {
  async embedded() {
    const project = createProject();
    // A run leaves a state database behind; this one ends in error at once.
    project.steer({ discovery: 'fail' });
    await baton(['run', 'x', ...project.options, '--project', 'other']);
    return ['--workspace', project.repo];
  },
  async 'by a server'() {
    return ['--server', await serve()];
  },
};

/** The address of a server that runs until the tests have ended. */
async function serve(): Promise<string> {
  return (await startServer()).address;
}

const DISCOVERY = { summary: 'a greeting', requirements: ['greets'] };
const PLAN = { steps: ['write'], testingStrategy: 'run', risks: [] };

describe.concurrent.each(Object.entries(places))('the operations, %s', TIMEOUT, (_name, place) => {
  it('start, move, send back, roll back and show a workflow', async () => {
    const where = await place();
    const json = async (...args: string[]) => {
      const { code, stdout, stderr } = await baton([...args, ...where, '--json']);
      expect([code, stderr]).toEqual([0, '']);
      const all = documents(stdout);
      expect(all).toHaveLength(1);
      return all[0];
    };
    const refused = async (code: number, ...args: string[]) => {
      const ended = await baton([...args, ...where, '--json']);
      expect([ended.code, ended.stdout]).toEqual([code, '']);
      return JSON.parse(ended.stderr).error;
    };
    const begin = ['start', 'Greet', '--project', 'p', '--build', 'b', '--user', 'ada'];
    const started = await json(...begin, '--request-id', 'r1', '--metadata', '{"a":1}');
    expect(started).toMatchObject({ state: 'discovery', role: 'q_assistant', revision: 1 });
    const id = started.workflowId;
    expect(await json(...begin, '--request-id', 'r1', '--metadata', '{"a":1}')).toEqual(started);
    expect(await refused(4, ...begin)).toMatchObject({ code: 'already_exists' });

    const move = ['advance', id, '--role', 'q_assistant', '--completed'];
    expect(await refused(2, ...move, 'discovery', '--result', '{"summary":""}')).toMatchObject({
      code: 'invalid_input',
      violations: expect.arrayContaining([
        { field: expect.stringContaining('summary'), description: expect.any(String) },
      ]),
    });
    const done = ['--result', JSON.stringify(DISCOVERY), '--expected-revision', '1'];
    expect(await json(...move, 'discovery', ...done)).toMatchObject({
      previousState: 'discovery',
      state: 'planning',
      complete: false,
    });
    const plan = ['--result', JSON.stringify(PLAN)];
    const stale = [...move, 'planning', ...plan, '--expected-revision', '1'];
    expect(await refused(4, ...stale)).toMatchObject({ code: 'stale_revision' });
    const stranger = ['advance', id, '--role', 'code_writer', '--completed', 'planning'];
    expect(await refused(4, ...stranger)).toMatchObject({
      code: 'not_owner',
      legal: ['q_assistant'],
    });
    expect(await json('request-retry', id, '--reason', 'think again')).toMatchObject({
      state: 'discovery',
      retries: 1,
    });
    const { folder } = createProject();
    const file = join(folder, 'result.json');
    writeFileSync(file, JSON.stringify(DISCOVERY));
    await json(...move, 'discovery', '--result', `@${file}`);
    const piped = await baton([...move, 'planning', '--result', '-', ...where], {
      input: JSON.stringify(PLAN),
    });
    expect([piped.code, piped.stdout]).toEqual([
      0,
      expect.stringMatching(/state +planning → handoff_to_coder/),
    ]);
    const preview = await json('rollback', id, '--to', 'discovery', '--preview');
    expect(preview).toMatchObject({ withdrawn: [{ state: 'discovery' }, { state: 'planning' }] });
    const shown = await baton(['rollback', id, '--to', 'discovery', '--preview', ...where]);
    expect(shown.stdout).toMatch(/WITHDRAWN +ROLE +OUTPUT[\s\S]+planning +q_assistant +yes +0 +-/);
    expect(shown.stdout).toContain(preview.digest);
    await refused(2, 'rollback', id, '--to', 'discovery');
    const no = ['--reason', 'no', '--expected-plan'];
    expect(
      await refused(4, 'rollback', id, '--to', 'planning', ...no, preview.digest),
    ).toMatchObject({
      code: 'stale_revision',
    });
    expect(await json('rollback', id, '--to', 'discovery', ...no, preview.digest)).toMatchObject({
      state: 'discovery',
      rolledBackBy: 'ada',
    });
    expect(await refused(4, 'rollback', id, '--to', 'testing', '--reason', 'no')).toMatchObject({
      code: 'illegal_transition',
      legal: ['discovery'],
    });

    expect(await json('status', id)).toMatchObject({
      ...{ workflowId: id, state: 'discovery' },
      requirements: { request: expect.any(String) },
    });
    expect((await json('status', id)).outputs).toBeUndefined();
    expect(await json('status', id, '--outputs')).toMatchObject({ outputs: [] });
    expect(await json('status', 'b')).toMatchObject({ workflowId: id });
    const another = await json('start', 'Greet', '--project', 'q', '--build', 'b', '--user', 'ada');
    const ambiguous = `${another.workflowId} of q, ${id} of p`;
    expect((await refused(2, 'history', 'b')).message).toContain(ambiguous);
    expect(await refused(3, 'status', 'no-build')).toMatchObject({ code: 'not_found' });
    const page = await json('history', id, '--page-size', '2');
    expect(page.handoffs).toHaveLength(2);
    const next = await json('history', id, '--page-token', page.nextPageToken);
    expect(next.handoffs[0].number).toBe(3);
    expect(await json('stats', 'p')).toMatchObject({ total: 1, inProgress: 1, completed: 0 });
    const { projects } = await json('stats');
    // Embedded, there is a project of the folder as well.
    const own = projects.filter((one: { projectId: string }) => one.projectId !== 'other');
    expect(own).toMatchObject([
      { projectId: 'p', total: 1 },
      { projectId: 'q', total: 1 },
    ]);
    const first = await json('stats', '--page-size', '1');
    const second = await json('stats', '--page-size', '1', '--page-token', first.nextPageToken);
    expect([...first.projects, ...second.projects]).toEqual(projects.slice(0, 2));
    await refused(2, 'stats', '--by-day');
    await refused(2, 'stats', 'p', '--page-size', '5');
    const { days } = await json('stats', 'p', '--by-day');
    expect(days).toMatchObject([{ started: 1, retries: { planning: 1 } }]);
    await refused(2, 'stats', 'p', '--from', '2026-01-01');
    expect(await json('usage', '--project', 'p')).toMatchObject({ projectId: 'p', rows: [] });
    const csv = await baton(['usage', '--project', 'other', '--csv', ...where]);
    expect([csv.code, csv.stdout]).toEqual([0, expect.stringMatching(/^project,from,to,role,/)]);
    await refused(2, 'usage');
    await refused(2, 'usage', '--project', 'p', '--from', 'yesterday');
    const listed = await json('list', '--project', 'p', '--state', 'discovery');
    expect(listed.workflows).toMatchObject([{ workflowId: id }]);
    const found = await json('list', '--search', 'B', '--project', 'p', '--newest-first');
    expect(found.workflows).toMatchObject([{ workflowId: id }]);
    expect((await json('list', '--awaiting', 'approval')).workflows).toEqual([]);
    await refused(2, 'list', '--awaiting', 'lunch');
    expect((await json('definition')).transitions).toHaveLength(28);
    expect((await json('definition', '--list')).definitions).toContainEqual({
      name: 'build',
      version: 1,
      isDefault: true,
    });
    const watched = await baton(['watch', id, '--after', '2', '--no-follow', ...where, '--json']);
    expect(documents(watched.stdout)[0]).toMatchObject({ sequence: 3 });
    expect(await refused(3, 'status', 'wf_unknown')).toMatchObject({ code: 'not_found' });
  });

  it('cancel a workflow by the id of its build, once, and tell it from one that failed', async () => {
    const where = await place();
    const run = (...args: string[]) => baton([...args, ...where]);
    const begin = ['start', 'Greet', '--project', 'p', '--build', 'b', '--user', 'ada'];
    const { workflowId: id } = documents((await run(...begin, '--json')).stdout)[0];
    expect((await run('cancel', 'b')).stderr).toContain("'--reason <text>' not specified");
    expect((await run('cancel', 'wf_none', '--reason', 'r')).code).toBe(3);
    const cancel = ['cancel', 'b', '--reason', 'not wanted', '--by', 'grace'];
    expect((await run(...cancel, '--expected-revision', '9')).code).toBe(4);
    const shown = await run(...cancel, '--request-id', 'once');
    expect([shown.code, shown.stderr]).toEqual([0, '']);
    expect(shown.stdout).toMatch(/state +discovery → error/);
    expect(shown.stdout).toMatch(/cancelled by +grace/);
    const again = documents((await run(...cancel, '--request-id', 'once', '--json')).stdout)[0];
    expect(again).toMatchObject({ workflowId: id, revision: 2, cancelledBy: 'grace' });
    const refused = await run(...cancel);
    expect([refused.code, refused.stderr]).toEqual([
      4,
      expect.stringContaining('was cancelled already'),
    ]);
    const status = (await run('status', id)).stdout;
    expect(status).toMatch(/cancelled in +discovery by grace\nbecause +not wanted/);
    expect(status).not.toContain('failed in');
    expect((await run('list', '--project', 'p')).stdout).toContain('error (cancelled)');
    const watched = (await run('watch', id, '--no-follow')).stdout;
    expect(watched).toContain('✖ discovery → error  cancelled by grace: not wanted');
    expect((await run('stats', 'p')).stdout).toMatch(/failed +0\ncancelled +1/);
    const { days } = documents((await run('stats', 'p', '--by-day', '--json')).stdout)[0];
    expect(days).toMatchObject([{ failures: {}, cancellations: { discovery: 1 } }]);
    expect((await run('request-retry', id, '--reason', 'wanted after all')).code).toBe(0);
    expect((await run('status', id)).stdout).toMatch(/state +discovery/);
  });

  it('show tables to people', async () => {
    const where = await place();
    const request = 'Greet people\nin their own language';
    const begin = ['start', request, '--project', 'p', '--build', 'b', '--user', 'ada'];
    const started = await baton([...begin, ...where]);
    const [, id = ''] = /workflow +(\S+)/.exec(started.stdout) ?? [];
    const status = (await baton(['status', id, ...where])).stdout;
    expect(status).toMatch(/role to act +q_assistant/);
    expect(status).toMatch(/^request +Greet people …$/m);
    expect((await baton(['list', ...where])).stdout).toMatch(/WORKFLOW +PROJECT +BUILD +STATE/);
    expect((await baton(['stats', ...where])).stdout).toMatch(
      /^PROJECT +BUILDS +COMPLETE +IN PROGRESS +FAILED +SUCCESS +AVERAGE TIME\n(other .+\n)?p +1 +0 +1 +0 +- +-\n$/,
    );
    const watched = await baton(['watch', id, '--no-follow', ...where]);
    expect(watched.stdout).toMatch(/^ +1 .+ started in discovery by ada\n$/);
    const missing = await baton(['status', 'wf_unknown', ...where]);
    expect([missing.code, missing.stdout]).toEqual([3, '']);
    expect(missing.stderr).toBe("error: there is no workflow 'wf_unknown' (not_found)\n");
    const result = JSON.stringify({ summary: 'A greeting', requirements: ['Hello\u202e'] });
    const advance = ['advance', id, '--role', 'q_assistant', '--completed', 'discovery'];
    expect((await baton([...advance, '--result', result, ...where])).code).toBe(0);
    const outputs = (await baton(['status', id, '--outputs', ...where])).stdout;
    expect(outputs).toContain('\ndiscovery:\n│ {\n│   "summary": "A greeting",\n');
    expect(outputs).toContain('"Hello\\u202e"');
  });
});

describe.concurrent('baton run --server', TIMEOUT, () => {
  it('keeps the state on the server and the files here, also after a kill', async () => {
    const server = await serve();
    const { options, steer, hanging, lines, repo } = createProject();
    const run = ['run', 'Build me a greeting', ...options, '--server', server];
    steer({ implementation: 'hang' });
    const killed = start(run);
    await hanging();
    killed.process.kill('SIGKILL');
    await killed.ended;
    steer({});
    const { code, stdout, stderr } = await baton([...run, '--json']);
    expect([code, stderr]).toEqual([0, '']);
    expect(documents(stdout).at(-1).summary).toMatchObject({ complete: true, retries: 1 });
    expect(lines('performed.log')).toHaveLength(5);
    expect(lines('deployed.log')).toHaveLength(1);
    expect((await baton(['list'], { cwd: repo })).code).toBe(3);
    const listed = await baton(['list', '--json'], { env: { BATON_SERVER: server } });
    expect(documents(listed.stdout)[0].workflows).toMatchObject([{ state: 'complete' }]);
  });

  it('outlives a server that is killed and comes back', async () => {
    const { options, steer, hanging, lines, folder } = createProject();
    const database = `sqlite:${join(folder, 'server.db')}`;
    const server = await startServer('0', database);
    steer({ implementation: 'right', planning: 'slow' });
    const run = start(['run', 'x', ...options, '--server', server.address, '--json']);
    await hanging();
    await server.kill();
    await says(run, '"kind":"trouble"');
    writeFileSync(join(folder, 'go'), '');
    await startServer(server.port, database);
    const { code, stdout } = await run.ended;
    expect(code).toBe(0);
    const events = documents(stdout).filter(({ kind }) => kind === 'event');
    const numbers = events.map(({ event }) => event.sequence);
    expect(numbers).toEqual(numbers.map((_, index) => index + 2));
    expect(lines('performed.log')).toEqual(['discovery 1', 'planning 1', 'implementation 1']);
  });

  it('refuses to go on with a build whose files are in another workspace', async () => {
    const server = await serve();
    const one = createProject();
    const other = createProject();
    const build = ['run', 'x', '--build', 'b', '--server', server];
    one.steer({ planning: 'hang' });
    const run = start([...build, ...one.options]);
    await one.hanging();
    run.process.kill('SIGINT');
    expect((await run.ended).code).toBe(130);
    const { code, stderr } = await baton([...build, ...other.options]);
    expect([code, stderr]).toEqual([4, expect.stringContaining('from another workspace')]);
    expect(other.lines('performed.log')).toEqual([]);
  });
});
