import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { until } from '../../packages/adapters/src/testing/until.ts';
import {
  BATON_HOME,
  batonAlone as baton,
  createProject,
  documents,
  type Project,
  start,
  startAtTerminal,
  TIMEOUT,
} from './harness.ts';

const REQUEST = 'Build me a greeting';
const GIVEN = 'a token from the secret store';
const RELEASE = { from: 'handoff_to_releaser', to: 'deployment', by: ['grace'] };

/** Environment without the token of the test harness. */
const withoutToken = (env: Record<string, string> = {}) => ({
  env: { BATON_APPROVAL_TOKEN: '', ...env },
});
const given = withoutToken({ BATON_APPROVAL_TOKEN: GIVEN });

function aProject(): Project {
  const project = createProject();
  project.steer({ implementation: 'right' });
  project.configure((config) => {
    config.approvals = [RELEASE];
  });
  return project;
}

/** A build that waits for grace, and the commands on it. */
async function waiting(env = given) {
  const project = aProject();
  const run = await baton(['run', REQUEST, ...project.options, '--json'], env);
  expect(run.code).toBe(7);
  const id: string = documents(run.stdout)[0].status.workflowId;
  const at = ['--workspace', project.repo];
  const approve = (more: string[] = [], tokenEnv = withoutToken()) =>
    baton(['approve', id, '--by', 'grace', ...at, ...more], tokenEnv);
  const resume = () => baton(['resume', id, ...project.options], env);
  return { ...project, id, at, approve, resume, run };
}

/** Every file that Baton keeps or a role could read, as one text. */
function everythingKept(folder: string): string {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
    .join('\n');
}

describe.concurrent('a build that waits for a person', TIMEOUT, () => {
  it('moves on with the token that it was begun with, and with no other', async () => {
    const { at, id, approve, resume, kept, lines, run } = await waiting();
    const other = await waiting(
      withoutToken({ BATON_APPROVAL_TOKEN: 'the token of another build' }),
    );
    const bare = await approve();
    expect([bare.code, bare.stdout]).toEqual([4, '']);
    expect(bare.stderr).toContain('takes the approval token of the build, and has none');
    expect(bare.stderr).toContain(`baton token ${id} --workspace`);
    expect((await approve(['--token', 'WRNG-WRNG'])).stderr).toContain('(refused 2 times so far)');
    expect((await other.approve([], given)).code).toBe(4);
    for (const args of [
      ['approve', id, '--by', 'grace', '--reject', '--reason', 'r'],
      ['request-retry', id, '--reason', 'r'],
      ['rollback', id, '--to', 'planning', '--reason', 'r'],
      ['advance', id, '--role', 'release_manager', '--completed', 'handoff_to_releaser'],
    ]) {
      expect([args[0], (await baton([...args, ...at], withoutToken())).code]).toEqual([args[0], 4]);
    }
    const [status] = documents(
      (await baton(['status', id, ...at, '--json'], withoutToken())).stdout,
    );
    expect(status).toMatchObject({ state: 'handoff_to_releaser', awaiting: { kind: 'approval' } });
    expect(lines('deployed.log')).toEqual([]);
    expect((await approve([], given)).stdout).toMatch(/approved +yes/);
    expect((await resume()).code).toBe(0);
    expect(lines('deployed.log')).toHaveLength(1);
    expect(run.stdout + everythingKept(kept.state)).not.toContain(GIVEN);
  });

  it('goes on with a less strict configuration only for a caller with the token', async () => {
    const { id, repo, options, approve, resume, configure, lines } = await waiting();
    configure((config) => {
      config.approvals = [{ ...RELEASE, by: ['mallory'] }];
      config.roles.code_writer = { human: true };
    });
    const refused = await resume();
    expect(refused.code).toBe(4);
    expect(refused.stderr).toContain(
      "demands less than the build has so far: approvals: 'handoff_to_releaser → deployment by grace'",
    );
    expect(refused.stderr).toContain(`baton resume ${id} --workspace ${repo} --token '<token>'`);
    configure((config) => {
      config.approvals = [];
    });
    expect((await resume()).code).toBe(4);
    expect((await baton(['run', REQUEST, ...options], given)).code).toBe(4);
    const guess = ['resume', id, ...options, '--token', 'no token at all'];
    expect((await baton(guess, given)).stderr).toContain('not the approval token of the build');
    expect(lines('deployed.log')).toEqual([]);

    const more = { from: 'handoff_to_verifier', to: 'verification', by: [] };
    configure((config) => {
      config.approvals = [RELEASE, more];
    });
    expect((await resume()).code).toBe(7);
    configure((config) => {
      config.approvals = [RELEASE];
    });
    expect((await approve([], given)).code).toBe(0);
    configure((config) => {
      config.approvals = [];
    });
    expect((await baton(['resume', id, ...options, '--token', GIVEN], given)).code).toBe(0);
    expect(lines('deployed.log')).toHaveLength(1);
  });

  it('goes on with no program in the place of a person', async () => {
    const project = createProject();
    project.steer({ implementation: 'right' });
    project.configure((config) => {
      config.roles.code_writer = { human: true };
    });
    const run = await baton(['run', REQUEST, ...project.options, '--json'], given);
    expect(run.code).toBe(7);
    project.configure((config) => {
      config.roles.code_writer = { module: './voice.mjs' };
    });
    const refused = await baton(['resume', ...project.options], given);
    expect(refused.code).toBe(4);
    expect(refused.stderr).toContain("roles.code_writer: 'a person performs it' is not demanded");
    const accepted = await baton(['resume', ...project.options, '--token', GIVEN], given);
    // The role has asked, and the build waits for the answer.
    expect([accepted.code, accepted.stderr]).toEqual([7, '']);
  });

  it('shows no token where no terminal is, and says where one is shown', async () => {
    const { id, repo, options } = await waiting(withoutToken());
    const again = await baton(['resume', id, ...options], withoutToken());
    expect(again.code).toBe(7);
    // A shell takes what is pasted as words, and nothing of it as a redirection.
    const [, pasted = ''] = /baton (approve .*)/.exec(again.stdout) ?? [];
    const words = spawnSync('sh', ['-c', `printf '%s\\n' ${pasted}`], { encoding: 'utf8' });
    expect(words.stdout.split('\n')).toEqual([
      ...['approve', id, '--by', 'grace', '--workspace', repo, '--token', '<token>', ''],
    ]);
    expect(again.stdout).toContain(`The token is shown at a terminal by: baton token ${id}`);
    const token = await baton(['token', id, '--workspace', repo], withoutToken());
    expect([token.code, token.stdout]).toEqual([4, '']);
    expect(token.stderr).toContain('stdin and stdout have to be one');
  });

  it('is begun with no token that could be guessed', async () => {
    const { options } = aProject();
    const run = await baton(
      ['run', REQUEST, ...options],
      withoutToken({ BATON_APPROVAL_TOKEN: 'easy' }),
    );
    expect([run.code, run.stderr]).toEqual([2, expect.stringContaining('found 4 characters')]);
  });
});

const noTerminal = spawnSync('script', ['--version']).error !== undefined;

describe.skipIf(noTerminal)('a terminal (made by the program script)', TIMEOUT, () => {
  it('shows a token that moves the build on, once, and that no file has', async () => {
    const { id, options, repo, kept, approve, lines } = await waiting(withoutToken());
    const shownBy = async (args: string[]): Promise<string> => {
      const { stdout } = await startAtTerminal(args).ended;
      const [token] = /\b[0-9A-Z]{4}-[0-9A-Z]{4}\b/.exec(stdout) ?? [];
      if (token === undefined) throw new Error(`found no token in: ${stdout}`);
      return token;
    };
    const first = await shownBy(['token', id, '--workspace', repo]);
    // Ada sits at the terminal, and grace has to decide.
    const second = await shownBy(['resume', id, ...options]);
    expect(everythingKept(kept.state)).not.toContain(second);
    expect((await approve(['--token', 'WRNG-WRNG'])).code).toBe(4);
    // The second holds beside it.
    expect((await approve(['--token', first.toLowerCase()])).code).toBe(0);
    for (const token of [first, second]) {
      const retry = ['request-retry', id, '--reason', 'r', '--workspace', repo, '--token', token];
      expect((await baton(retry, withoutToken())).stderr).toContain(
        'shown before the build moved on',
      );
    }
    expect((await baton(['resume', id, ...options], withoutToken())).code).toBe(0);
    expect(lines('deployed.log')).toHaveLength(1);
  });

  it('that a role makes itself does not answer for who has the token', async () => {
    const { id, options, repo } = await waiting();
    const resumed = await startAtTerminal(['resume', id, ...options]).ended;
    expect(resumed.code).toBe(7);
    expect(resumed.stdout).not.toContain('Approve? (yes/no)');
    expect(resumed.stdout).toContain('BATON_APPROVAL_TOKEN has to be the one');
    const token = await startAtTerminal(['token', id, '--workspace', repo]).ended;
    expect(token.stdout).toContain('takes that token');
  });
});

describe.concurrent('a process that a role has left behind', TIMEOUT, () => {
  it('approves nothing, by the command line or in the database', async ({ onTestFinished }) => {
    const project = aProject();
    const { repo, folder, options, kept, lines } = project;
    const log = join(folder, 'left.log');
    const stop = join(folder, 'stop');
    onTestFinished(() => writeFileSync(stop, ''));
    // In a session of its own, without the environment that Baton could know it by.
    const script = `touch '${log}'; until [ -f '${stop}' ] || [ ! -d '${folder}' ]; do
      baton approve "$1" --by grace --workspace '${repo}' >> '${log}' 2>&1; sleep 0.2; done`;
    writeFileSync(join(folder, 'left.sh'), script);
    project.configure((config) => {
      // Behind a wall it would have ended with its command.
      config.sandbox = 'none';
      const leave = `echo "$BATON_APPROVAL_TOKEN" > '${log}.env'
        env -i PATH="$PATH" BATON_HOME='${BATON_HOME}' setsid sh '${folder}/left.sh' "$BATON_WORKFLOW" </dev/null >/dev/null 2>&1 &
        until [ -f '${log}' ]; do sleep 0.1; done`;
      config.commands.install = { argv: ['sh', '-c', leave] };
    });
    const refused = () => readFileSync(log, 'utf8').split('has none').length - 1;
    const run = await baton(['run', REQUEST, ...options], given);
    expect(run.code).toBe(7);
    const before = refused();
    await until(() => refused() > before + 1);
    expect(readFileSync(`${log}.env`, 'utf8').trim()).toBe('');
    expect((await baton(['resume', ...options], given)).code).toBe(7);
    expect(lines('deployed.log')).toEqual([]);

    const database = new DatabaseSync(kept.database);
    database.exec(
      "UPDATE build_workflows SET current_state = 'deployment', revision = revision + 1",
    );
    database.close();
    const resumed = await baton(['resume', ...options], given);
    expect([resumed.code, resumed.stderr]).toEqual([
      1,
      expect.stringContaining('was changed by another program than Baton: its revision'),
    ]);
    expect(lines('deployed.log')).toEqual([]);
  });
});

describe.concurrent('the state database of a workspace', TIMEOUT, () => {
  it('is no new one when it was deleted', async () => {
    const { id, kept, repo, options, approve } = await waiting();
    for (const suffix of ['', '-wal', '-shm']) rmSync(`${kept.database}${suffix}`, { force: true });
    for (const { code, stderr } of [
      await baton(['run', REQUEST, ...options], given),
      await baton(['resume', id, ...options], given),
      await approve([], given),
      await baton(['list', '--workspace', repo]),
    ]) {
      expect([code, stderr]).toEqual([
        1,
        expect.stringContaining(`is gone, and with it the build ${id}`),
      ]);
    }
    expect(existsSync(kept.database)).toBe(false);
  });

  it('stops the build that is under way when it is deleted or replaced', async () => {
    for (const [happened, attack] of [
      ['deleted', (path: string) => rmSync(path)],
      [
        'replaced by another',
        (path: string) => {
          cpSync(path, `${path}.copy`);
          rmSync(path);
          cpSync(`${path}.copy`, path);
        },
      ],
    ] as const) {
      const project = createProject();
      project.steer({ planning: 'hang' });
      const run = start(['run', REQUEST, ...project.options]);
      await project.hanging();
      attack(project.kept.database);
      const { code, stderr } = await run.ended;
      expect([code, stderr]).toEqual([
        1,
        expect.stringContaining(`was ${happened} while it was in use`),
      ]);
    }
  });

  it('is sealed by the key that BATON_SEAL_KEY has, in the folder that BATON_SEALS has', async () => {
    const { options, folder, kept, repo, configure, steer } = createProject();
    steer({ discovery: 'fail' });
    configure((config) => {
      config.limits = { maxAttempts: 1 };
    });
    const seals = join(folder, 'seals');
    const BATON_SEAL_KEY = '0123456789abcdef0123456789abcdef';
    const own = { env: { BATON_SEAL_KEY, BATON_SEALS: seals } };
    expect((await baton(['run', REQUEST, ...options], own)).code).toBe(6);
    expect(existsSync(join(kept.state, 'seals'))).toBe(false);
    expect(readdirSync(seals, { recursive: true }).some((name) => `${name}`.endsWith('/key'))).toBe(
      false,
    );
    const list = ['list', '--workspace', repo];
    expect((await baton(list, own)).code).toBe(0);
    const wrong = { env: { ...own.env, BATON_SEAL_KEY: `${BATON_SEAL_KEY}0` } };
    expect((await baton(list, wrong)).code).toBe(2);
    const forgotten = await baton(list);
    expect([forgotten.code, forgotten.stderr]).toEqual([1, expect.stringContaining('is gone')]);
  });
});
