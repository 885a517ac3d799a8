import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createRepository } from '../../../adapters/src/testing/git.ts';
import { temporaryFolder } from '../../../adapters/src/testing/temporary-folder.ts';
import type { Config } from '../config/load-config.ts';
import { recogniseToolchains } from '../init/read-repository.ts';
import { gap } from '../init/toolchain.ts';
import { checkCommands } from './check-commands.ts';

function repositoryWith(files: Readonly<Record<string, string>>) {
  const folder = temporaryFolder();
  const git = createRepository(folder);
  const program = (path: string, mode = 0o755): void => {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), '#!/bin/sh\n');
    chmodSync(join(folder, path), mode);
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return { folder, git, program };
}

/** What is found of `commands.test`. */
async function foundOf(
  folder: string,
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>> = process.env,
  install?: readonly string[],
) {
  const commands = {
    ...(install !== undefined && { install: { argv: install } }),
    ...{ test: { argv }, deploy: undefined, verify: [], smoke: [] },
  };
  const config = {
    commands,
    roles: {},
    folder,
    path: 'the config',
    workspace: { ignored: ['out/'] },
  };
  const findings = await checkCommands(config as unknown as Config, folder, env);
  return findings.find(({ name }) => name === 'commands.test');
}

test('a program of the workspace is one that builds find: it is committed, and may be run', async () => {
  const { folder, git, program } = repositoryWith({ '.gitignore': 'made/\n' });
  program('there.sh');
  program('flat.sh', 0o644);
  git('add', '.');
  git('commit', '--quiet', '--message', 'Begin');
  for (const path of ['flat.sh', 'new.sh', 'made/x', 'out/x']) program(path);
  expect(await foundOf(folder, ['./there.sh'])).toMatchObject({ verdict: 'ok' });
  expect(await foundOf(folder, ['./new.sh'])).toEqual({
    name: 'commands.test',
    verdict: 'problem',
    found: "'./new.sh' is not in the last commit, which builds begin from",
    advice: 'commit it, or change commands.test in the config',
  });
  expect(await foundOf(folder, ['./flat.sh'])).toMatchObject({
    verdict: 'problem',
    advice: expect.stringContaining('git add --chmod=+x ./flat.sh'),
  });
  // An install or a build may make it in the worktree, too.
  for (const path of ['made/x', 'out/x']) {
    expect(await foundOf(folder, [path])).toMatchObject({ verdict: 'warning' });
  }
});

test('a gap is named, with what is missing and where it is to be written', async () => {
  const { folder } = repositoryWith({});
  expect(await foundOf(folder, gap('no tests: write some').argv)).toEqual({
    name: 'commands.test',
    verdict: 'problem',
    found: 'is a gap: no tests: write some',
    advice: 'write it into the config',
  });
});

test('what a proposed command runs by a shell has to be there, too', async () => {
  const { folder, program } = repositoryWith({ 'go.mod': 'tool gotest.tools/gotestsum\n' });
  const argv = (await recogniseToolchains(folder, {}))[0]?.test.argv ?? [];
  // The machine may have it.
  const env = { PATH: join(folder, 'bin'), HOME: folder };
  program('bin/sh');
  expect(await foundOf(folder, argv, env)).toMatchObject({
    verdict: 'problem',
    found: "there is no program 'go' on PATH",
  });
  program('bin/go');
  expect(await foundOf(folder, argv, env)).toMatchObject({ verdict: 'ok' });
});

test('a program says its version, where that is known to be cheap', async () => {
  const { folder, program } = repositoryWith({});
  const version = /^\/\S+\/git \(\d+\.\d+/;
  expect((await foundOf(folder, ['git', 'status']))?.found).toMatch(version);
  expect((await foundOf(folder, ['sh', '-c', 'x']))?.found).toMatch(/\/sh$/);
  program('bin/git');
  writeFileSync(join(folder, 'bin/git'), '#!/nowhere/sh\n');
  const broken = await foundOf(folder, ['git', 'status'], { PATH: join(folder, 'bin') });
  expect(broken).toMatchObject({
    verdict: 'problem',
    found: expect.stringContaining('bin/git cannot be run'),
  });
});

test('a program of a dependency is looked for in the workspace, and what installs may bring it', async () => {
  const manifest = JSON.stringify({
    workspaces: ['packages/*'],
    scripts: { lint: 'x' },
    devDependencies: { mocha: '*' },
  });
  const { folder, program } = repositoryWith({ 'package.json': manifest });
  mkdirSync(join(folder, 'packages/a/node_modules/tape'), { recursive: true });
  writeFileSync(join(folder, 'packages/a/package.json'), '{"scripts":{"types":"x"}}');
  writeFileSync(join(folder, 'packages/a/node_modules/tape/package.json'), '{"version":"5.1.0"}');
  program('packages/a/node_modules/tape/bin.js');
  mkdirSync(join(folder, 'packages/a/node_modules/.bin'));
  symlinkSync('../tape/bin.js', join(folder, 'packages/a/node_modules/.bin/tape'));
  for (const name of ['npx', 'npm']) program(`bin/${name}`);
  const env = { PATH: `${join(folder, 'bin')}:/usr/bin:/bin`, HOME: folder };
  const tape = await foundOf(folder, ['env', 'A=1', 'npx', '--no-install', 'tape'], env);
  expect(tape?.found).toContain(`${join(folder, 'packages/a/node_modules/.bin/tape')} (5.1.0)`);
  const mocha = ['npx', '--no-install', 'mocha'];
  expect(await foundOf(folder, mocha, env)).toMatchObject({
    verdict: 'problem',
    found: "there is no program 'mocha' in node_modules, and no commands.install that brings it",
  });
  expect(await foundOf(folder, mocha, env, ['npm', 'ci'])).toMatchObject({
    verdict: 'ok',
    found: expect.stringContaining('mocha, which package.json names: commands.install has to'),
  });
  for (const script of ['lint', 'types']) {
    const found = await foundOf(folder, ['npm', 'run', script], env);
    expect(found?.found).toContain(`→ the script ${script}`);
  }
  expect(await foundOf(folder, ['npm', 'run', 'none'], env)).toMatchObject({ verdict: 'problem' });
  for (const options of [['--silent'], ['-w', 'packages/a']]) {
    const found = await foundOf(folder, ['npm', 'run', ...options, 'types', '--', 'lint'], env);
    expect(found?.found).toContain('→ the script types');
  }
  const elsewhere = ['npm', 'run', '--prefix', 'elsewhere', 'none'];
  expect(await foundOf(folder, elsewhere, env)).toMatchObject({ verdict: 'ok' });
});

test("what runs dependencies is looked for where the proposed tests need it, not for Node's own runner", async () => {
  const foundIn = async (manifest: object) => {
    const { folder, program } = repositoryWith({ 'package.json': JSON.stringify(manifest) });
    program('bin/node');
    const env = { PATH: `${join(folder, 'bin')}:/bin`, HOME: folder };
    const argv = (await recogniseToolchains(folder, env))[0]?.test.argv ?? [];
    return (await foundOf(folder, argv, env, ['npm', 'ci']))?.found;
  };
  expect(await foundIn({ scripts: { test: 'node --test' } })).toMatch(/bin\/node$/);
  const vitest = { scripts: { test: 'vitest run' }, devDependencies: { vitest: '4' } };
  expect(await foundIn(vitest)).toContain('npx');
});

test('what the install makes for each build need not be there', async () => {
  const { folder } = repositoryWith({});
  const argv = ['.venv/bin/python', '-m', 'pytest'];
  expect(await foundOf(folder, argv)).toMatchObject({ verdict: 'problem' });
  const install = ['python3', '-m', 'venv', '.venv'];
  expect(await foundOf(folder, argv, process.env, install)).toMatchObject({ verdict: 'ok' });
});

test("cargo's own programs are found where cargo looks for them", async () => {
  const { folder, program } = repositoryWith({ 'Cargo.toml': '' });
  program('.config/nextest.toml');
  writeFileSync(join(folder, '.config/nextest.toml'), '[profile.ci.junit]\n');
  const argv = (await recogniseToolchains(folder, {}))[0]?.test.argv ?? [];
  const env = { PATH: '/usr/bin:/bin', HOME: folder };
  expect((await foundOf(folder, argv, env))?.found).toContain("'cargo-llvm-cov'");
  for (const name of ['cargo-llvm-cov', 'cargo-nextest']) program(`.cargo/bin/${name}`);
  expect(await foundOf(folder, argv, env)).toMatchObject({ verdict: 'ok' });
});
