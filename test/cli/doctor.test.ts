import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { baton, createProject, documents, startServer, TIMEOUT } from './harness.ts';

// biome-ignore lint/suspicious/noExplicitAny: tests name what they expect
const named = (stdout: string): Record<string, any> =>
  Object.fromEntries(documents(stdout)[0].findings.map((one: { name: string }) => [one.name, one]));

describe.concurrent('baton doctor', TIMEOUT, () => {
  it('finds nothing wrong where builds can begin, and leaves nothing behind', async () => {
    const { options, kept } = createProject();
    const { code, stdout, stderr } = await baton(['doctor', ...options]);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/✔ commands\.verify\[0\] +\S*\/test\n/);
    expect(stdout).toMatch(
      /Builds can begin\.\nNo command was run\. To run install, test and verify once:\n {2}\S+ doctor --run/,
    );
    expect(existsSync(kept.database)).toBe(false);
  });

  it('says of each thing that is missing what to do about it', async () => {
    const { repo, options, configure } = createProject();
    writeFileSync(join(repo, 'new.txt'), '');
    configure((config) => {
      config.commands.deploy.argv = ['no-such-program', 'x'];
      config.commands.smoke[0].argv = ['{config}/none.sh'];
      config.models = { main: { provider: 'anthropic', model: 'claude' } };
      config.roles.code_writer = { model: 'main' };
      config.secrets = ['NO_SUCH_SECRET', 'ANTHROPIC_API_KEY'];
      config.workspace = { protected: ['readme.md', 'tests/'] };
    });
    const env = { ANTHROPIC_API_KEY: '' };
    const { code, stdout } = await baton(['doctor', ...options, '--json'], { env });
    expect(code).toBe(8);
    expect(documents(stdout)[0].ready).toBe(false);
    const found = named(stdout);
    expect(found['changes']).toMatchObject({ verdict: 'warning' });
    expect(found['commands.deploy']).toMatchObject({
      verdict: 'problem',
      found: "there is no program 'no-such-program' on PATH",
      advice: expect.stringContaining('install it, or change commands.deploy'),
    });
    expect(found['commands.smoke[0]']).toMatchObject({ verdict: 'problem' });
    expect(found['models.main']).toMatchObject({
      verdict: 'problem',
      found: 'ANTHROPIC_API_KEY is not set',
    });
    expect(found['workspace.protected[0]']).toBeUndefined();
    expect(found['workspace.protected[1]']).toMatchObject({ verdict: 'warning' });
    expect(found['secrets']).toMatchObject({
      verdict: 'warning',
      found: 'NO_SUCH_SECRET is not set',
    });
    // One key is missing, and that is said once.
    expect(found['roles']).toMatchObject({ verdict: 'ok' });
    expect(stdout.match(/ANTHROPIC_API_KEY/g)).toHaveLength(1);
    expect(found['config']).toMatchObject({ verdict: 'ok' });
  });

  it('checks that builds can travel by the remote, and leaves nothing there', async () => {
    const { options, folder, git, repo, configure } = createProject();
    const remote = join(folder, 'remote.git');
    git('clone', '--quiet', '--bare', repo, remote);
    configure((config) => {
      config.workspace = { remote: './remote.git' };
    });
    const refs = () => git('-C', remote, 'for-each-ref');
    const before = refs();
    const found = named((await baton(['doctor', ...options, '--json'])).stdout);
    expect(found['remote']).toEqual({
      name: 'remote',
      verdict: 'ok',
      found: `${remote}, with checkpoints of 0 builds`,
    });
    expect(refs()).toBe(before);
    configure((config) => {
      config.workspace = { remote: './none.git' };
    });
    const { code, stdout } = await baton(['doctor', ...options, '--json']);
    expect(code).toBe(8);
    expect(named(stdout)['remote']).toMatchObject({
      verdict: 'problem',
      found: expect.stringContaining('does not appear to be a git repository'),
      advice: expect.stringContaining(`git ls-remote ${join(folder, 'none.git')}`),
    });
  });

  it('tells what lies there of builds, and warns when it is much', async () => {
    const { options, kept, repo } = createProject();
    const few = named((await baton(['doctor', ...options, '--json'])).stdout);
    expect(few['builds']).toEqual({
      name: 'builds',
      verdict: 'ok',
      // It counts for two seconds at most.
      found: expect.stringMatching(
        `^0 builds, (more than )?0 B: files in ${kept.worktrees}, records in ${kept.state}$`,
      ),
    });
    for (let n = 0; n < 20; n++) {
      mkdirSync(join(kept.state, 'builds', `wf_${n}`), { recursive: true });
    }
    const many = named((await baton(['doctor', ...options, '--json'])).stdout);
    expect(many['builds']).toMatchObject({
      verdict: 'warning',
      found: expect.stringContaining('20 builds, '),
      advice: `see what can go: baton prune --dry-run --workspace ${repo}`,
    });
  });

  it('tells what builds would go wrong with, and baton run refuses it before it begins one', async () => {
    const { repo, options, git, configure, folder } = createProject();
    writeFileSync(join(repo, '.gitattributes'), '*.psd filter=lost\n');
    writeFileSync(join(repo, 'a.psd'), 'a');
    git('add', '.');
    git('commit', '--quiet', '--message', 'Draw');
    mkdirSync(join(folder, 'node_modules'));
    configure((config) => {
      config.workspace = { directory: './builds' };
    });
    const { code, stdout } = await baton(['doctor', ...options, '--json']);
    expect(code).toBe(8);
    const found = named(stdout);
    expect(found['worktrees']).toMatchObject({ verdict: 'problem' });
    expect(found['filter lost']).toMatchObject({ verdict: 'problem' });
    const run = await baton(['run', 'Draw', ...options]);
    expect(run.code).toBe(2);
    expect(run.stderr).toContain(found['filter lost'].found);
    expect(run.stderr).toContain(found['worktrees'].found);
    expect((await baton(['list', '--workspace', repo, '--json'])).stdout).toContain(
      '"workflows":[]',
    );
  });

  it('says what is wrong with the workspace, the config and the store', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'baton-doctor-'));
    writeFileSync(join(folder, 'baton.config.json'), '{"role": {}}');
    const place = ['--workspace', folder, '--server', 'http://127.0.0.1:9'];
    const { code, stdout } = await baton(['doctor', ...place, '--json']);
    expect(code).toBe(8);
    const found = named(stdout);
    expect(found['workspace'].found).toContain('git init');
    expect(found['config'].found).toContain('role: unknown key');
    expect(found['store']).toMatchObject({ verdict: 'problem' });
    expect(found['git']).toMatchObject({ verdict: 'ok' });
  });

  it('shows no secret, though it finds one', async () => {
    const { options, configure } = createProject();
    const secret = 'correct-horse-battery';
    configure((config) => {
      config.secrets = ['WORD'];
      config.commands.deploy.argv = [`./${secret}/no-such-program`];
    });
    const env = { WORD: secret };
    for (const json of [[], ['--json']]) {
      const { stdout } = await baton(['doctor', ...options, ...json], { env });
      expect(stdout).toContain('./[secret]/no-such-program');
      expect(stdout).not.toContain(secret);
    }
  });

  it('refuses gaps of init by their names, and so does run, before a build is begun', async () => {
    const { repo, kept } = createProject();
    await baton(['init', '--workspace', repo], { env: { ANTHROPIC_API_KEY: 'a-key' } });
    const { code, stdout } = await baton(['doctor', '--workspace', repo, '--json']);
    expect(code).toBe(8);
    for (const name of ['commands.test']) {
      expect(named(stdout)[name]).toMatchObject({
        verdict: 'problem',
        found: expect.stringMatching(/^is a gap: .*: write /),
      });
    }
    const run = await baton(['run', 'x', '--workspace', repo, '--json']);
    expect(run.code).toBe(2);
    for (const name of ['commands.test']) {
      expect(run.stderr).toContain(`${name}: `);
    }
    expect(existsSync(kept.state)).toBe(false);
  });

  it('reaches a server', async () => {
    const { address } = await startServer();
    const { options } = createProject();
    const { stdout } = await baton(['doctor', ...options, '--server', address, '--json']);
    expect(named(stdout)['store']).toMatchObject({ verdict: 'ok', found: address });
  });
});
