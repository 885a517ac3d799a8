import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { configSchema } from '../../packages/builds/src/config/config-schema.ts';
import { baton, createProject, documents, TIMEOUT } from './harness.ts';

/** No key of this machine's may steer what is proposed. */
const NO_KEYS = {
  ...{ ANTHROPIC_API_KEY: '', OPENAI_API_KEY: '', GOOGLE_GENERATIVE_AI_API_KEY: '' },
  // Nor a registry.
  ...{
    HOME: '/no/home',
    GOPROXY: '',
    npm_config_registry: '',
    PIP_INDEX_URL: '',
    UV_INDEX_URL: '',
  },
};

function repositoryWith(files: Readonly<Record<string, string>>): string {
  const { repo } = createProject();
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(repo, path)), { recursive: true });
    writeFileSync(join(repo, path), text);
  }
  return repo;
}

const NODE = JSON.stringify({
  scripts: { lint: 'x', deploy: 'x', smoke: 'x' },
  devDependencies: { vitest: '5', '@vitest/coverage-v8': '5' },
});

describe.concurrent('baton init', TIMEOUT, () => {
  it.each([
    [
      'Node (pnpm, vitest)',
      { 'package.json': NODE, 'pnpm-lock.yaml': '' },
      ['pnpm', 'exec', 'vitest'],
    ],
    [
      'Node (npm, node:test)',
      { 'package.json': '{"scripts":{"test":"node --test"}}' },
      ['node', '--test'],
    ],
    ['Python (uv, pytest)', { 'pyproject.toml': '', 'uv.lock': '' }, ['.venv/bin/python', '-m']],
    ['Go (go modules, gotestsum)', { 'go.mod': '' }, ['sh', '-c']],
    ['Rust (cargo, nextest)', { 'Cargo.toml': '', 'package.json': '{}' }, []],
    ['Java (Maven)', { 'pom.xml': '<!-- jacoco -->', mvnw: '' }, ['sh', '-c']],
    ['Java (Gradle)', { 'build.gradle.kts': 'jacoco' }, ['sh', '-c']],
    ['.NET (dotnet test)', { 'a.csproj': '' }, []],
    ['Ruby (bundler, minitest)', { Gemfile: '' }, []],
    ['no toolchain that is known', {}, []],
  ])('recognises %s, and writes a config that is valid', async (name, files, argv) => {
    const repo = repositoryWith(files);
    const { code, stdout, stderr } = await baton(['init', '--workspace', repo], { env: NO_KEYS });
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain(`Found:\n  - ${name}`);
    const written = JSON.parse(readFileSync(join(repo, 'baton.config.json'), 'utf8'));
    expect(configSchema.safeParse(written).error).toBeUndefined();
    expect(written.commands.test.argv.slice(0, argv.length)).toEqual(argv);
  });

  it('takes over scripts and keys that are there, and says what it assumed', async () => {
    const repo = repositoryWith({ 'package.json': NODE, 'package-lock.json': '' });
    const env = { ...NO_KEYS, OPENAI_API_KEY: 'sk-not-a-real-key-0000' };
    const { stdout } = await baton(['init', '--json'], { cwd: repo, env });
    const [{ config, found, assumed }] = documents(stdout);
    expect(config.commands).toMatchObject({
      install: { argv: ['npm', 'ci'] },
      verify: [{ name: 'lint', argv: ['npm', 'run', 'lint'] }],
      deploy: { argv: ['npm', 'run', 'deploy'] },
      smoke: [{ argv: ['npm', 'run', 'smoke'] }],
    });
    expect(config.models.main).toMatchObject({ provider: 'openai', apiKeyEnv: 'OPENAI_API_KEY' });
    expect(found).toContain('a key in OPENAI_API_KEY');
    expect(assumed).toEqual([
      expect.stringContaining('80 % of the lines that a build changes'),
      expect.stringContaining('builds may write there: ~/.npm'),
      expect.stringContaining('belongs to no build: node_modules/, dist/'),
      'no role has to change baton.config.json',
      expect.stringContaining('works for all roles'),
    ]);
    expect(stdout).not.toContain('sk-not');
  });

  it('has builds reach registries of the user, and a deployment all the same', async () => {
    const repo = repositoryWith({
      'package.json': NODE,
      'package-lock.json': '',
      '.npmrc': '@corp:registry=https://ada:hunter2@npm.corp.example/\n',
    });
    const { stdout } = await baton(['init', '--json'], { cwd: repo, env: NO_KEYS });
    const [{ config, found, assumed }] = documents(stdout);
    const network = ['@registries', '@models', 'npm.corp.example'];
    expect(config.sandbox).toMatchObject({ network });
    expect(config.commands.deploy.sandbox).toEqual({ network: 'all' });
    expect(config.commands.smoke[0].sandbox).toEqual({ network: 'all' });
    expect(configSchema.safeParse(config).error).toBeUndefined();
    expect(found).toContain('the registry npm.corp.example, by .npmrc');
    expect(assumed.join()).toContain('reaches the usual registries, models and npm.corp.example');
    expect(stdout).not.toContain('hunter2');
  });

  it('has tests that fetch what they need reach registries, and nothing else', async () => {
    const repo = repositoryWith({
      'pom.xml': '',
      '.npmrc': 'registry=https://npm.corp.example/',
    });
    const { stdout } = await baton(['init', '--json'], { cwd: repo, env: NO_KEYS });
    const [{ config }] = documents(stdout);
    expect(config.commands.test.sandbox).toEqual({ network: ['@registries', 'npm.corp.example'] });
  });

  it('proposes tool output that git does not ignore yet, the source folders, and protection of CI files', async () => {
    const repo = repositoryWith({
      'package.json': NODE,
      'pyproject.toml': '',
      '.gitignore': '/coverage\n*.egg-info\n__pycache__/\n',
      'app/dist/vendored.js': '',
      '.github/workflows/ci.yml': '',
    });
    execFileSync('git', ['add', 'app'], { cwd: repo });
    const { stdout } = await baton(['init', '--json'], { cwd: repo, env: NO_KEYS });
    const [{ config }] = documents(stdout);
    expect(config.workspace).toEqual({
      ignored: [
        ...['.venv/', '.pytest_cache/', '.mypy_cache/', '.ruff_cache/', '.coverage', 'build/'],
        ...['node_modules/', '*.tsbuildinfo', '.eslintcache'],
      ],
      sources: ['/app/'],
      protected: ['.github/', 'baton.config.json'],
    });
    const empty = await baton(['init', '--json'], { cwd: repositoryWith({}), env: NO_KEYS });
    expect(documents(empty.stdout)[0].config.workspace.ignored).toContain('node_modules/');
  });

  it('says that a package.json cannot be read', async () => {
    const repo = repositoryWith({ 'package.json': '{ "scripts": { lint' });
    const { code, stdout } = await baton(['init'], { cwd: repo, env: NO_KEYS });
    expect(code).toBe(0);
    expect(stdout).toContain(
      'by package.json, which cannot be read (it is not JSON: expected a name in double quotes at line 1, column 16',
    );
    expect(stdout).toContain('package.json has no scripts and no dependencies');
    expect(stdout).toContain('nothing about tests: package.json has no script test');
  });

  it('writes a file before there is a commit, too', async () => {
    const repo = repositoryWith({ 'go.mod': '' });
    rmSync(join(repo, '.git'), { recursive: true });
    execFileSync('git', ['init', '--quiet'], { cwd: repo });
    const { code, stderr } = await baton(['init'], { cwd: repo, env: NO_KEYS });
    expect([code, stderr]).toEqual([0, '']);
    expect(existsSync(join(repo, 'baton.config.json'))).toBe(true);
    expect((await baton(['run', 'x'], { cwd: repo })).stderr).toContain('it has no commit yet');
  });

  it('leaves a config that is there alone, unless it is forced', async () => {
    const repo = repositoryWith({ 'baton.config.json': 'mine', 'go.mod': '' });
    const refused = await baton(['init'], { cwd: repo });
    expect([refused.code, refused.stderr]).toEqual([4, expect.stringContaining('--force')]);
    expect(readFileSync(join(repo, 'baton.config.json'), 'utf8')).toBe('mine');
    expect((await baton(['init', '--force'], { cwd: repo })).code).toBe(0);
    expect(readFileSync(join(repo, 'baton.config.json'), 'utf8')).toContain('gotestsum');
  });
});

/** A repository with a module and its tests. `test` is its last commit. */
function testedBy(test: string): string {
  const repo = repositoryWith({
    'package.json': '{"type":"module","scripts":{"test":"node --test"}}',
    'sign.js': `export function sign(n) {
  if (n < 0) {
    const word = 'minus';
    return word;
  }
  return 'plus';
}
`,
    'sign.test.js': `import assert from 'node:assert';
import { test } from 'node:test';
import { sign } from './sign.js';
test('signs', () => {
  ${test}
});
`,
  });
  execFileSync('git', ['add', '.'], { cwd: repo });
  execFileSync('git', ['commit', '--quiet', '--message', 'Begin'], { cwd: repo });
  return repo;
}

describe.concurrent('baton init --run', TIMEOUT, () => {
  const coverageIn = (repo: string) =>
    JSON.parse(readFileSync(join(repo, 'baton.config.json'), 'utf8')).commands.test.coverage;

  it.each([
    ['all lines', "assert.equal(sign(1) + sign(-1), 'plusminus');", '100 %', 'all'],
    ['the lines that it changes', "assert.equal(sign(1), 'plus');", '57.14 %', 'changed lines'],
  ])('holds a build to %s by what it measures', async (words, test, percent, of) => {
    const repo = testedBy(test);
    const { code, stdout, stderr } = await baton(['init', '--run'], { cwd: repo, env: NO_KEYS });
    expect([code, stderr]).toEqual([0, '']);
    expect(coverageIn(repo)).toMatchObject({ minimum: 80, of });
    expect(stdout).toContain(`'test' passed (`);
    expect(stdout.replaceAll(/\s+/g, ' ')).toMatch(
      new RegExp(
        `tests cover ${percent} of all lines today.*it must be 80 % of (the )?${words.replace('the ', '')}`,
      ),
    );
    expect(execFileSync('git', ['worktree', 'list'], { cwd: repo, encoding: 'utf8' })).toMatch(
      /^[^\n]*\n$/,
    );
  });

  it('says what fails, measures nothing by it, and keeps the proposal', async () => {
    const repo = testedBy("assert.equal(sign(1) + sign(-1), 'plus');");
    const { code, stdout } = await baton(['init', '--run'], { cwd: repo, env: NO_KEYS });
    expect(code).toBe(8);
    expect(coverageIn(repo)).toMatchObject({ of: 'changed lines' });
    expect(stdout).toMatch(/'test' failed with exit code 1 \(.*1 failed \(signs\)/);
    expect(stdout).toContain('coverage was not measured: the tests did not pass');
  });

  it('runs nothing while there is a gap, or no commit', async () => {
    const gap = await baton(['init', '--run', '--json'], { cwd: repositoryWith({}), env: NO_KEYS });
    expect(gap.code).toBe(8);
    expect(documents(gap.stdout)[0].run.problems).toEqual([
      expect.stringMatching(/^nothing was run: commands\.test is a gap: no toolchain/),
    ]);
    const repo = testedBy('');
    rmSync(join(repo, '.git'), { recursive: true });
    execFileSync('git', ['init', '--quiet'], { cwd: repo });
    const none = await baton(['init', '--run'], { cwd: repo, env: NO_KEYS });
    expect(none.code).toBe(8);
    expect(none.stdout).toContain('it has no commit yet');
  });
});

describe.concurrent("Baton's own checkout", TIMEOUT, () => {
  it('is not written into, unless it is named', async () => {
    const own = join(import.meta.dirname, '../..');
    const before = existsSync(join(own, 'baton.config.json'));
    const { code, stderr } = await baton(['init'], { cwd: own, env: NO_KEYS });
    expect([code, before]).toEqual([2, false]);
    expect(stderr).toContain("is Baton's own checkout, not a repository to build on");
    expect(stderr).toContain('name yours with --workspace');
    expect(existsSync(join(own, 'baton.config.json'))).toBe(false);
  });
});

describe.concurrent('a config that is no JSON', TIMEOUT, () => {
  it('is not hidden by one of init, and doctor shows where one is', async () => {
    const repo = repositoryWith({ 'baton.config.mjs': 'export default {};' });
    const at = { cwd: repo };
    for (const force of [[], ['--force']]) {
      const { code, stderr } = await baton(['init', ...force], at);
      expect([code, stderr]).toEqual([
        4,
        `error: ${join(repo, 'baton.config.mjs')} is there; baton.config.json would be read in its place; move it away first (already_exists)\n`,
      ]);
    }
    writeFileSync(join(repo, 'baton.config.json'), '{}');
    const { stdout } = await baton(['doctor'], at);
    expect(stdout).toContain(
      'baton.config.mjs is there, too, and is not read: baton.config.json is',
    );
  });
});

describe.concurrent('reports that a proposed command makes', TIMEOUT, () => {
  /** Runs the proposed test command with programs of our own in the place of the real ones. */
  async function reportsOf(files: Readonly<Record<string, string>>) {
    const repo = repositoryWith(files);
    execFileSync('chmod', ['-R', '+x', join(repo, 'bin')]);
    const PATH = `${join(repo, 'bin')}:${process.env['PATH']}`;
    await baton(['init'], { cwd: repo, env: { ...NO_KEYS, PATH } });
    const { commands } = JSON.parse(readFileSync(join(repo, 'baton.config.json'), 'utf8'));
    const reports = join(repo, 'reports');
    mkdirSync(reports);
    const argv: string[] = commands.test.argv.map((one: string) =>
      one.replaceAll('{reports}', reports),
    );
    const env = { ...process.env, PATH };
    execFileSync(argv[0] ?? '', argv.slice(1), { cwd: repo, env });
    const read = (name: string) =>
      existsSync(join(reports, name)) ? readFileSync(join(reports, name), 'utf8') : '';
    return { lcov: read('lcov.info'), junit: read('junit.xml') };
  }

  it("have the lines of Go's coverage profile", async () => {
    const profile =
      'mode: set\na/x.go:3.1,5.2 2 1\na/x.go:7.1,8.2 1 0\na/x.go:8.3,9.2 1 1\nb.go:1.1,1.9 1 0\n';
    const { lcov } = await reportsOf({
      'go.mod': '',
      'profile.txt': profile,
      'bin/go': '#!/bin/sh\necho a\n',
      'bin/gotestsum':
        '#!/bin/sh\nfor one; do case "$one" in -coverprofile=*) cp profile.txt "$(echo "$one" | cut -d= -f2)";; esac; done\n',
    });
    const records = lcov.split('end_of_record\n').filter(Boolean).sort();
    const lines = [3, 4, 5].map((line) => `DA:${line},1\n`).join('');
    expect(records).toEqual([
      'SF:b.go\nDA:1,0\nLF:1\nLH:0\n',
      `SF:x.go\n${lines}DA:7,0\nDA:8,1\nDA:9,1\nLF:6\nLH:5\n`,
    ]);
  });

  it("have all of Maven's suites, and the lines of JaCoCo's table", async () => {
    const { lcov, junit } = await reportsOf({
      'pom.xml': '<artifactId>jacoco-maven-plugin</artifactId>',
      'bin/mvn': '#!/bin/sh\nexit 0\n',
      'target/surefire-reports/TEST-a.xml': '<?xml version="1.0"?>\n<testsuite name="a"/>\n',
      'target/surefire-reports/TEST-b.xml': '<?xml version="1.0"?>\n<testsuite name="b"/>\n',
      'target/site/jacoco/jacoco.csv':
        'GROUP,PACKAGE,CLASS,IM,IC,BM,BC,LINE_MISSED,LINE_COVERED,CM,CC\ng,p,A,1,2,0,0,2,8,0,1\n',
    });
    expect(junit.split('\n').filter(Boolean)).toEqual([
      '<testsuites>',
      '<testsuite name="a"/>',
      '<testsuite name="b"/>',
      '</testsuites>',
    ]);
    expect(lcov).toBe('SF:p.A\nLF:10\nLH:8\nend_of_record\n');
  });
});
