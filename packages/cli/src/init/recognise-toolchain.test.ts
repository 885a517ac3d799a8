import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { proposeWorkspace } from './propose-workspace.ts';
import { recogniseToolchains } from './recognise-toolchain.ts';

/** What is proposed for a repository of these files. */
async function proposedFor(files: Readonly<Record<string, string>>) {
  const folder = mkdtempSync(join(tmpdir(), 'baton-toolchain-'));
  execFileSync('git', ['init', '--quiet'], { cwd: folder });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  execFileSync('git', ['add', '.'], { cwd: folder });
  const toolchains = recogniseToolchains(folder);
  const { ignored } = await proposeWorkspace(folder, toolchains, 'baton.config.json');
  const [chosen] = toolchains;
  return { install: chosen?.install?.argv, assumed: chosen?.assumed ?? [], ignored };
}

const NODE = JSON.stringify({ dependencies: { zod: '4' } });

/** A role that only looks is refused when it leaves a file behind that nobody ignores. */
describe('what is proposed without a lockfile', () => {
  it('has npm write none, and keep to the one that there is', async () => {
    const { install } = await proposedFor({ 'package.json': NODE });
    expect(install).toEqual(['npm', 'install', '--no-package-lock']);
    for (const lockfile of ['package-lock.json', 'npm-shrinkwrap.json']) {
      const locked = await proposedFor({ 'package.json': NODE, [lockfile]: '{}' });
      expect(locked.install).toEqual(['npm', 'ci']);
    }
  });

  it('ignores the one that cargo writes, but not one that is part of the repository', async () => {
    const { ignored } = await proposedFor({ 'Cargo.toml': '' });
    expect(ignored).toEqual(['target/', 'Cargo.lock']);
    const locked = await proposedFor({ 'Cargo.toml': '', 'Cargo.lock': '' });
    expect(locked.ignored).toEqual(['target/']);
  });
});

describe('what is proposed for Python', () => {
  it.each([
    ['requirements.txt', 'pytest', ['-r', 'requirements.txt']],
    ['setup.py', '', ['-e', '.']],
    ['pyproject.toml', '[project]\nname = "x"\n', ['-e', '.']],
  ])('installs what %s names', async (name, text, what) => {
    const { install } = await proposedFor({ [name]: text });
    expect(install).toEqual(['python3', '-m', 'pip', 'install', '--quiet', ...what]);
  });

  it.each([
    ['Pipfile', '[packages]\nflask = "*"\n'],
    ['pyproject.toml', '[tool.ruff]\nline-length = 100\n'],
  ])('installs nothing by a %s that names no package for pip, and says so', async (name, text) => {
    const { install, assumed } = await proposedFor({ [name]: text });
    expect(install).toBeUndefined();
    expect(assumed).toContain(`what ${name} asks for is installed: commands.install can see to it`);
  });
});
