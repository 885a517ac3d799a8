import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { batonAlone as baton, createProject, documents, startServer, TIMEOUT } from './harness.ts';

const REQUEST = 'Build me a greeting';
const SECRET = 'correct-horse-battery';

/** Where the state is: options for `run`, options for the operations, and what else is kept. */
const places = {
  embedded: async (repo: string) => ({ run: [], operations: ['--workspace', repo] }),
  'by a server': async () => {
    const where = ['--server', (await startServer()).address];
    return { run: where, operations: where };
  },
};

function textBelow(folder: string): string {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true });
  return names
    .filter((one) => one.isFile())
    .map((one) => readFileSync(join(one.parentPath, one.name), 'latin1'))
    .join('\n');
}

describe.concurrent.each(Object.entries(places))('what people say, %s', TIMEOUT, (_name, place) => {
  it('is masked as the configuration of the build asks', async () => {
    const { repo, options, steer, configure, kept } = createProject();
    const { run, operations } = await place(repo);
    const at = { cwd: repo, env: { WORD: SECRET } };
    steer({ discovery: 'ask', planning: 'fail', implementation: 'right' });
    configure((config) => {
      config.secrets = ['WORD'];
    });
    const waiting = await baton(['run', REQUEST, ...options, ...run], at);
    const [, id = ''] = /baton answer (\S+)/.exec(waiting.stdout) ?? [];
    const say = async (name: string, ...args: string[]) => {
      const { code, stderr } = await baton([name, id, ...args, ...operations], at);
      expect([code, stderr]).toEqual([0, '']);
    };
    await say('answer', 'q1', 'hello');
    await say('answer', 'q2', `all with ${SECRET}`);
    const failed = await baton(['run', REQUEST, ...options, ...run, '--json'], at);
    expect(failed.code).toBe(6);
    await say('request-retry', '--reason', `not ${SECRET}`, '--details', `see ${SECRET}`);
    await say('rollback', '--to', 'discovery', '--reason', `back to ${SECRET}`);
    const result = { summary: SECRET, requirements: [SECRET] };
    const done = ['--role', 'q_assistant', '--completed', 'discovery'];
    await say('advance', ...done, '--result', JSON.stringify(result));
    const trail = await baton(['watch', id, '--no-follow', '--json', ...operations], at);
    const history = await baton(['history', id, '--json', ...operations], at);
    for (const words of ['all with', 'not', 'back to']) {
      expect(trail.stdout).toContain(`${words} [secret]`);
    }
    const texts = [trail.stdout, history.stdout, failed.stdout, textBelow(kept.state)];
    for (const text of texts) expect(text).not.toContain(SECRET);
  });
});

describe.concurrent('what people say', TIMEOUT, () => {
  it('leaves a cassette that is recorded readable, and is found in it', async () => {
    const { repo, folder, options, steer, configure, read } = createProject();
    const at = { cwd: repo, env: { WORD: SECRET } };
    const cassette = join(folder, 'recorded.json');
    configure((config) => {
      config.secrets = ['WORD'];
    });
    steer({ planning: 'fail', implementation: 'right' });
    const run = ['run', REQUEST, ...options, '--record', cassette];
    const { stdout } = await baton(run, at);
    const [, id = ''] = /baton request-retry (\S+)/.exec(stdout) ?? [];
    // Who says it has no such variable, so it comes to the role unmasked.
    const again = ['request-retry', id, '--reason', `with ${SECRET}`];
    for (const planning of ['fail', 'right']) {
      expect((await baton(again, { cwd: repo })).code).toBe(0);
      steer({ planning, implementation: 'right' });
      const { code, stderr } = await baton(['resume', ...options], at);
      expect([code, stderr]).toEqual([planning === 'fail' ? 6 : 0, '']);
    }
    expect(read('recorded.json')).toContain('with [secret]');
    expect(read('recorded.json')).not.toContain(SECRET);

    const replay = ['run', REQUEST, ...options, '--replay', cassette, '--new'];
    const stopped = await baton(replay, at);
    const [, other = ''] = /baton request-retry (\S+)/.exec(stopped.stdout) ?? [];
    const retry = ['request-retry', other, '--reason', `with ${SECRET}`];
    for (const code of [6, 0]) {
      expect((await baton(retry, { cwd: repo })).code).toBe(0);
      expect((await baton(['resume', ...options], at)).code).toBe(code);
    }
  });

  it('is masked in decisions, by the config that lies in the workspace in requests', async () => {
    const { repo, options, steer, configure, config, kept } = createProject();
    const at = { cwd: repo, env: { WORD: SECRET } };
    steer({ implementation: 'right' });
    configure((document) => {
      document.secrets = ['WORD'];
      document.approvals = [{ from: 'discovery', to: 'planning', by: [] }];
    });
    const waiting = await baton(['run', REQUEST, ...options], at);
    const [, id = ''] = /baton approve (\S+)/.exec(waiting.stdout) ?? [];
    const no = ['approve', id, '--by', 'eve', '--reject', '--reason', `without ${SECRET}`];
    expect((await baton(no, at)).code).toBe(0);

    const { address } = await startServer();
    const begin = ['start', `Greet with ${SECRET}`, '--project', 'p', '--build', 'b'];
    writeFileSync(join(repo, 'baton.config.json'), readFileSync(config));
    const where = ['--server', address, '--json'];
    const started = await baton([...begin, '--user', 'ada', ...where], at);
    expect(started.code).toBe(0);
    const listed = await baton(['list', ...where], at);
    const status = await baton(['status', JSON.parse(started.stdout).workflowId, ...where], at);
    const trail = await baton(['watch', id, '--no-follow', '--json'], at);
    expect(trail.stdout).toContain('without [secret]');
    for (const text of [trail.stdout, listed.stdout, status.stdout, textBelow(kept.state)]) {
      expect(text).not.toContain(SECRET);
    }
  });
});

/** Put together here: no scanner shall take it for a real one. */
const KEY = [
  ['-----BEGIN ', 'PRIVATE KEY-----'].join(''),
  ...Array.from({ length: 600 }, (_, at) => `MIIE${at}/${'kLmNoPqRsTuVwXyZ'.repeat(2)}`),
  ['-----END ', 'PRIVATE KEY-----'].join(''),
].join('\n');
const PARTS = /MIIE|kLmNoPqR|PRIVATE|correct|horse|second line/;

describe.concurrent('what programs write', TIMEOUT, () => {
  it('is masked before it is cut, and over many lines', async () => {
    const { repo, folder, options, steer, configure, kept } = createProject();
    steer({ implementation: 'right' });
    const word = `${SECRET}\nthe second line of it\nend`;
    writeFileSync(join(folder, 'key.pem'), `${KEY}\n`);
    writeFileSync(
      join(folder, 'role.sh'),
      `cat '${folder}/key.pem' >&2; printf 'word %s\\n' "$WORD" >&2; exec "$@"\n`,
    );
    writeFileSync(
      join(folder, 'check.sh'),
      `cat '${folder}/key.pem'; printf '%s' "$WORD"; printf '%015000d' 0; exit 1\n`,
    );
    configure((config) => {
      config.secrets = ['WORD'];
      config.environment = ['WORD'];
      const role = ['sh', '{config}/role.sh', 'node', '{config}/voice-command.mjs'];
      config.roles.q_assistant = { command: role };
      config.commands.verify = [{ name: 'key', argv: ['sh', '{config}/check.sh'] }];
      config.limits = { maxRetries: 0 };
    });
    const at = { cwd: repo, env: { WORD: word } };
    const ran = await baton(['run', REQUEST, ...options, '--json'], at);
    const [{ status }] = documents(ran.stdout);
    const trail = await baton(['watch', status.workflowId, '--no-follow', '--json'], at);
    expect(ran.stdout).toContain('word [secret]');
    expect(trail.stdout).toContain("'key' failed with exit code 1");
    for (const text of [ran.stdout, ran.stderr, trail.stdout, textBelow(kept.state)]) {
      expect(text).not.toMatch(PARTS);
    }
  });
});
