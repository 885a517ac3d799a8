import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { until } from '../../packages/adapters/src/testing/until.ts';
import { baton, createProject, documents, isRunning, start, TIMEOUT } from './harness.ts';

const REQUEST = 'Build me a greeting';

/** Two tests: a greeting can break the first, and the second always fails. */
const SUITE = `
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
const [reports, log] = process.argv.slice(2);
appendFileSync(log, 'ran\\n');
const greets = !existsSync('greeting.txt') || readFileSync('greeting.txt', 'utf8') === 'hello\\n';
const old = existsSync('mended.txt');
const test = (name, passed) =>
  '<testcase name="' + name + '">' + (passed ? '' : '<failure/>') + '</testcase>';
writeFileSync(reports + '/junit.xml', '<testsuite>' + test('greets', greets) + test('old', old) + test('fine', true) + '</testsuite>');
writeFileSync(reports + '/lcov.info', 'SF:readme.md\\nLF:1\\nLH:1\\nend_of_record\\n');
console.log('the suite has run');
process.exitCode = greets && old ? 0 : 1;
`;

function createSuite(baseline: unknown) {
  const project = createProject();
  const { folder, configure } = project;
  writeFileSync(join(folder, 'suite.mjs'), SUITE);
  configure((config) => {
    config.baseline = baseline;
    // The log is no file of the configuration: what stands beside that is part of what was run.
    const log = join(folder, 'suite.log');
    config.commands.test.argv = ['node', '{config}/suite.mjs', '{reports}', log];
    config.commands.verify = [{ name: 'whole', argv: ['true'] }];
  });
  return project;
}

describe.concurrent('before a build', TIMEOUT, () => {
  it('commands that fail are told before a role is asked, and the build waits for a person', async () => {
    const { options, lines, repo, git } = createSuite('run');
    const failed = await baton(['run', REQUEST, ...options]);
    expect(failed.code).toBe(6);
    expect(failed.stdout).toMatch(
      /baseline: 'test' failed with exit code 1 \(\S+\), 2 tests passed, 1 failed \(old\)/,
    );
    expect(failed.stdout).toMatch(/before anything was changed, and no model was asked/);
    expect(failed.stdout).toContain('the suite has run');
    // Live, when it fails, and as what moves the build on is shown.
    expect(failed.stdout.match(/'test' failed with exit code 1/g)).toHaveLength(3);
    expect(failed.stdout).toContain('discovery → error: for that reason');
    expect(failed.stdout).toContain('"baseline": { "failing": "tolerate" }');
    expect(lines('performed.log')).toEqual([]);
    // It is mended, and the next build begins with that.
    writeFileSync(join(repo, 'mended.txt'), '');
    git('add', '.');
    git('commit', '--quiet', '--message', 'Mend');
    expect((await baton(['run', REQUEST, ...options, '--new'])).code).toBe(0);
  });

  it('commands that pass are remembered for the next build on the same files', async () => {
    const { options, lines, repo, git, steer } = createSuite('run');
    writeFileSync(join(repo, 'mended.txt'), '');
    git('add', '.');
    git('commit', '--quiet', '--message', 'Mend');
    steer({ implementation: 'right' });
    const first = await baton(['run', REQUEST, ...options]);
    expect(first.stdout).toContain('is complete');
    expect(first.stdout).toMatch(/baseline: 'test' passed \(/);
    expect(lines('suite.log')).toHaveLength(2);
    const second = await baton(['run', 'another', ...options]);
    expect(second.code).toBe(0);
    expect(second.stdout).toMatch(
      /baseline, as measured \S+ \S+ \(to measure again: \S+ doctor --run [^)]+\)/,
    );
    expect(lines('suite.log')).toHaveLength(3);
    for (const { stdout } of [first, second]) {
      expect(stdout.match(/'test' passed \(/g)).toHaveLength(1);
    }
  });

  it('a check that passes by what the tests have built alone is told, for it would fail in the build', async () => {
    const { options, lines, repo, git, configure } = createSuite('run');
    writeFileSync(join(repo, 'mended.txt'), '');
    writeFileSync(join(repo, '.gitignore'), 'dist\n');
    git('add', '.');
    git('commit', '--quiet', '--message', 'Mend');
    const built = { name: 'built', argv: ['test', '-e', 'dist/built'] };
    const build = { name: 'build', argv: ['sh', '-c', 'mkdir dist && touch dist/built'] };
    configure((config) => {
      const [node, ...args] = config.commands.test.argv;
      config.commands.test.argv = [
        'sh',
        '-c',
        `mkdir dist && touch dist/built && "$0" "$@"`,
        node,
        ...args,
      ];
      config.commands.verify = [built];
    });
    const refused = await baton(['run', REQUEST, ...options]);
    expect(refused.code).toBe(6);
    expect(refused.stdout).toContain("baseline: 'built' failed with exit code 1");
    expect(refused.stdout).toContain('checks run without what the tests have built');
    expect(lines('performed.log')).toEqual([]);
    configure((config) => {
      config.commands.verify = [build, built];
    });
    expect((await baton(['run', REQUEST, ...options, '--new'])).code).toBe(0);
  });

  it('an installation that fails stops it, although failures are tolerated, unless it is accepted', async () => {
    const { options, lines, configure } = createSuite({ failing: 'tolerate' });
    const install = ['sh', '-c', 'echo "no way to the registry"; exit 7'];
    configure((config) => {
      config.commands.install = { argv: install };
    });
    const stopped = await baton(['run', REQUEST, ...options, '--json']);
    expect(stopped.code).toBe(6);
    expect(lines('performed.log')).toEqual([]);
    const { summary } = documents(stopped.stdout).at(-1);
    expect(summary).toMatchObject({ retries: 0, failure: { state: 'discovery' } });
    expect(summary.failure.message).toContain("'install' failed with exit code 7");
    expect(summary.failure.message).toContain('no way to the registry');
    expect(summary.failure.message).toContain('"baseline": { "failingInstall": "tolerate" }');
    expect(summary.failure.message).toMatch(/To measure without a build: \S+ .*doctor --run/);
    configure((config) => {
      config.baseline = { failing: 'tolerate', failingInstall: 'tolerate' };
    });
    const accepted = await baton(['run', 'another', ...options, '--json']);
    expect(lines('performed.log').slice(0, 2)).toEqual(['discovery 1', 'planning 1']);
    const { notes } = documents(accepted.stdout).at(-1).summary;
    expect(notes).toContainEqual({
      phase: 'discovery',
      code: 'baseline_tolerated',
      message: expect.stringMatching(/these fail before it, .* accepts: 'install', 'test'$/),
    });
  });

  it('what was measured is measured again by the command that is printed with it', async () => {
    const { options, lines, git } = createSuite({ failing: 'tolerate' });
    expect((await baton(['run', REQUEST, ...options])).code).toBe(0);
    const { stdout } = await baton(['run', 'another', ...options]);
    const printed = /baseline, as measured \S+ \S+ \(to measure again: \S+ (doctor [^)]+)\)/;
    const again = printed.exec(stdout)?.[1]?.split(' ') ?? [];
    const since = lines('suite.log').length;
    await baton(again);
    expect(lines('suite.log').length).toBe(since + 1);
    expect(git('for-each-ref', 'refs/baton')).not.toContain('doctor-');
  });

  it('failures may stay where they are tolerated, and none may be added', async () => {
    const { options, lines } = createSuite({ failing: 'tolerate' });
    const { code, stdout } = await baton(['run', REQUEST, ...options, '--json']);
    expect(code).toBe(0);
    expect(lines('performed.log')).toEqual([
      'discovery 1',
      'planning 1',
      'implementation 1',
      'implementation 1',
    ]);
    const { summary } = documents(stdout).at(-1);
    expect(summary.waysBack).toMatchObject([
      { reason: '1 of 2 tests failed: greets; 1 more failed at the baseline, too' },
    ]);
    const codes = summary.notes.map(({ code }: { code: string }) => code);
    expect(codes).toEqual(expect.arrayContaining(['baseline_tolerated', 'known_failures']));
  });

  it('an interrupt leaves nothing running, and the build begins again with it', async () => {
    const { options, folder, configure, lines } = createProject();
    const sleeping = `sleep 600${process.pid}`;
    configure((config) => {
      config.baseline = 'run';
      config.commands.test.argv = ['sh', '-c', `echo begun > "$0"/begun; ${sleeping}`, '{config}'];
    });
    const run = start(['run', REQUEST, ...options]);
    await until(() => existsSync(join(folder, 'begun')) && isRunning(sleeping));
    run.process.kill('SIGINT');
    expect((await run.ended).code).toBe(130);
    expect(isRunning(sleeping)).toBe(false);
    expect(lines('performed.log')).toEqual([]);
  });
});

describe.concurrent('what is no fault of the writer', TIMEOUT, () => {
  it.each([
    ['a runner that is missing', 'test', ['sh', '-c', 'no-such-runner']],
    ['a program that is missing', 'test', ['no-such-runner']],
    ['an installation that fails', 'install', ['sh', '-c', 'echo no network; exit 1']],
  ])('goes to a person without a retry: %s', async (_, name, argv) => {
    const { options, lines, configure, steer } = createProject();
    steer({ implementation: 'right' });
    configure((config) => {
      config.commands[name] = { argv };
    });
    const { code, stdout } = await baton(['run', REQUEST, ...options, '--json']);
    expect(code).toBe(6);
    const { summary } = documents(stdout).at(-1);
    expect(summary.retries).toBe(0);
    expect(summary.failure.message).toMatch(/[Nn]o role can fix that/);
    const written = lines('performed.log').filter((line) => line.startsWith('implementation'));
    expect(written).toHaveLength(name === 'install' ? 0 : 1);
  });

  it('is what the sandbox does not show a test: a person is told of it, and the writer is not', async () => {
    const { options, configure, repo, folder, steer } = createProject();
    steer({ implementation: 'right' });
    writeFileSync(join(repo, 'untracked.env'), '');
    const path = join(repo, 'untracked.env');
    configure((config) => {
      config.limits = { maxRetries: 1 };
      config.commands.test = { argv: ['sh', '-c', `cat '${path}'`] };
    });
    const { code, stdout } = await baton(['run', REQUEST, ...options]);
    expect(code).toBe(6);
    const why = stdout.slice(stdout.indexOf('\nWhy\n'), stdout.indexOf('\nMove it on\n'));
    expect(why).toContain('it ran in the sandbox (');
    expect(why).toContain('which the sandbox does not show');
    expect(why.replaceAll(/\s+/g, ' ')).toContain(
      `"sandbox": { "read": ["${path}"] } in commands.test of ${join(folder, 'baton.config.json')}`,
    );
    const [heard = ''] = stdout.match(/retry 1 of 1 in this build by test_auditor: .*/g) ?? [];
    expect(heard).toContain("'test' failed with exit code 1");
    expect(heard).not.toContain('sandbox');
  });

  it('is a tool that its own change took away', async () => {
    const { options, configure, lines, folder } = createProject();
    writeFileSync(
      join(folder, 'remover.mjs'),
      `import { writeFileSync } from 'node:fs';
       export const perform = ({ feedback }, { workspace: { path } }) => {
         writeFileSync(path + '/greeting.txt', 'hello\\n');
         writeFileSync(path + '/run.sh', feedback ? 'exec node "$@"' : 'no-such-runner');
         writeFileSync(process.env.HOME === '' ? '' : ${JSON.stringify(join(folder, 'asked.log'))}, String(feedback?.reason ?? ''), { flag: 'a' });
         return { kind: 'advance', result: { summary: 'x', changedFiles: ['greeting.txt', 'run.sh'] } };
       };`,
    );
    configure((config) => {
      config.roles.code_writer = { module: './remover.mjs' };
      config.commands.test.argv = ['sh', 'run.sh', '{config}/check.mjs', '{reports}'];
    });
    expect((await baton(['run', REQUEST, ...options])).code).toBe(0);
    expect(lines('asked.log').join()).toContain('this build changed run.sh');
  });

  it('are files that the installation writes', async () => {
    const { options, configure, steer } = createProject();
    steer({ implementation: 'right' });
    configure((config) => {
      config.commands.install = { argv: ['sh', '-c', 'echo x > locked.txt'] };
    });
    const { code, stdout } = await baton(['run', REQUEST, ...options, '--json']);
    expect(code).toBe(0);
    const message = 'the command that installs changed files: locked.txt';
    expect(documents(stdout).at(-1).summary.notes).toContainEqual({
      phase: 'implementation',
      code: 'install_changed_files',
      message,
    });
    configure((config) => {
      config.workspace = { generated: 'refuse' };
    });
    const refused = await baton(['run', 'another', ...options, '--json']);
    expect(refused.code).toBe(6);
    expect(documents(refused.stdout).at(-1).summary).toMatchObject({
      retries: 0,
      failure: { message: expect.stringContaining('workspace.generated refuses: locked.txt') },
    });
  });

  it('are files that a check writes: the tests look at them, not the writer', async () => {
    const { options, configure, steer, lines, git } = createProject();
    steer({ implementation: 'right' });
    configure((config) => {
      config.commands.verify = [{ name: 'format', argv: ['sh', '-c', 'echo neat > style.txt'] }];
    });
    const { code, stdout } = await baton(['run', REQUEST, ...options, '--json']);
    expect(code).toBe(0);
    const { summary } = documents(stdout).at(-1);
    expect(summary.waysBack).toMatchObject([{ from: 'verification', to: 'testing' }]);
    expect(lines('performed.log').filter((line) => line.startsWith('impl'))).toHaveLength(1);
    expect(git('for-each-ref', 'refs/baton')).not.toBe('');
  });
});

describe.concurrent('baton doctor --run', TIMEOUT, () => {
  it('takes back what was remembered where it no longer holds', async () => {
    const { options, folder, configure, lines, steer } = createSuite({ failing: 'tolerate' });
    const broken = join(folder, 'broken');
    configure((config) => {
      config.baseline = 'run';
      config.commands.test.argv[1] = '{config}/passing.mjs';
      config.commands.verify = [{ name: 'whole', argv: ['test', '!', '-e', broken] }];
    });
    writeFileSync(
      join(folder, 'passing.mjs'),
      SUITE.replaceAll(/existsSync\('mended.txt'\)/g, 'true'),
    );
    steer({ discovery: 'fail' });
    expect((await baton(['doctor', '--run', ...options])).code).toBe(0);
    writeFileSync(broken, '');
    expect((await baton(['doctor', '--run', ...options])).code).toBe(8);
    const since = lines('suite.log').length;
    const { stdout } = await baton(['run', REQUEST, ...options]);
    expect(lines('suite.log')).toHaveLength(since + 1);
    expect(stdout).toContain("'whole' failed with exit code 1");
  });

  it('says what each command does and how long it takes, and leaves no workspace', async () => {
    const { options, repo, git, lines, steer, kept } = createSuite('run');
    const failing = await baton(['doctor', '--run', ...options]);
    expect(failing.code).toBe(8);
    expect(failing.stdout).toMatch(
      /✖ run test +'test' failed with exit code 1 \(\S+\), 2 tests passed, 1 failed \(old\)/,
    );
    expect(failing.stdout).toContain('the suite has run');
    expect(failing.stdout).toMatch(/✔ run verify whole +'whole' passed \(/);
    expect(readdirSync(kept.worktrees)).toEqual([]);
    expect(readdirSync(join(kept.state, 'builds'))).toEqual([]);
    expect(git('for-each-ref', 'refs/baton')).toBe('');

    writeFileSync(join(repo, 'mended.txt'), '');
    git('add', '.');
    git('commit', '--quiet', '--message', 'Mend');
    const fine = await baton(['doctor', '--run', ...options, '--json']);
    expect(fine.code).toBe(0);
    expect(documents(fine.stdout)[0]).toMatchObject({ ready: true, commandsRun: true });
    const [plain] = documents((await baton(['doctor', ...options, '--json'])).stdout);
    expect(plain).toMatchObject({ ready: true, commandsRun: false });
    expect(lines('suite.log')).toHaveLength(2);
    steer({ discovery: 'fail' });
    const { stdout } = await baton(['run', REQUEST, ...options]);
    expect(stdout).toContain('baseline, as measured ');
    expect(lines('suite.log')).toHaveLength(2);
  });
});
