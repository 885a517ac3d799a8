import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Config } from '../config/load-config.ts';
import { recogniseToolchains } from '../init/recognise-toolchain.ts';
import { checkCommands } from './check-commands.ts';

function createRepository(committed: Readonly<Record<string, string>>) {
  const folder = mkdtempSync(join(tmpdir(), 'baton-commands-'));
  const git = (...args: readonly string[]) =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...args], { cwd: folder });
  const program = (path: string, mode = 0o755): void => {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), '#!/bin/sh\n');
    chmodSync(join(folder, path), mode);
  };
  git('init', '--quiet');
  for (const [name, text] of Object.entries(committed)) writeFileSync(join(folder, name), text);
  return { folder, git, program };
}

/** What is found of `commands.test`. */
async function foundOf(folder: string, argv: readonly string[], env = process.env) {
  const commands = { test: { argv }, deploy: undefined, verify: [], smoke: [] };
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
  const { folder, git, program } = createRepository({ '.gitignore': 'made/\n' });
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

test('what a proposed command runs by a shell has to be there, too', async () => {
  const { folder, program } = createRepository({ 'go.mod': '' });
  const argv = recogniseToolchains(folder)[0]?.test.argv ?? [];
  // The machine may have it.
  mkdirSync(join(folder, 'bin'));
  symlinkSync('/bin/sh', join(folder, 'bin/sh'));
  const env = { PATH: join(folder, 'bin'), HOME: folder };
  expect(await foundOf(folder, argv, env)).toMatchObject({
    verdict: 'problem',
    found: "there is no program 'gotestsum' on PATH",
  });
  program('bin/gotestsum');
  expect(await foundOf(folder, argv, env)).toMatchObject({ verdict: 'ok' });
});

test("cargo's own programs are found where cargo looks for them", async () => {
  const { folder, program } = createRepository({ 'Cargo.toml': '' });
  const argv = recogniseToolchains(folder)[0]?.test.argv ?? [];
  const env = { PATH: '/usr/bin:/bin', HOME: folder };
  expect((await foundOf(folder, argv, env))?.found).toContain("'cargo-llvm-cov'");
  for (const name of ['cargo-llvm-cov', 'cargo-nextest']) program(`.cargo/bin/${name}`);
  expect(await foundOf(folder, argv, env)).toMatchObject({ verdict: 'ok' });
});
