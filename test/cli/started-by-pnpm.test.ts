import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { userEnvironment } from '../../packages/cli/src/invocation/user-environment.ts';
import { BATON_APPROVAL_TOKEN, BATON_HOME, createProject, TIMEOUT } from './harness.ts';

const CLONE = join(import.meta.dirname, '../..');

/** A folder for PATH with programs of the user's that have the names of some of Baton's. */
function ownPrograms(folder: string): string {
  const bin = join(folder, 'own');
  mkdirSync(bin);
  for (const name of ['vitest', 'tsc']) {
    const path = join(bin, name);
    writeFileSync(path, `#!/bin/sh\necho "$0"\n`);
    chmodSync(path, 0o755);
  }
  return bin;
}

/** A line that is typed in a shell, in a folder. */
async function typed(line: string, cwd: string, bin: string) {
  const { PATH, ...env } = userEnvironment(process.env);
  const child = spawn('sh', ['-c', line], {
    cwd,
    env: { ...env, BATON_HOME, BATON_APPROVAL_TOKEN, PATH: `${bin}:${PATH}`, NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { stdout, stderr };
}

describe('started by npx and pnpm', TIMEOUT, () => {
  const npx = 'npx -y pnpm@12';

  it("commands get the user's PATH, and what is shown next can be typed", async () => {
    const project = createProject();
    const { folder, repo, config } = project;
    const bin = ownPrograms(folder);
    const seen = join(folder, 'seen.txt');
    project.configure((document) => {
      const { commands } = document;
      const script = `{ for p in vitest tsc node; do command -v $p; done; env; } > ${seen}; exit 1`;
      commands.verify = [{ name: 'environment', argv: ['sh', '-c', script] }];
      commands.smoke = [{ name: 'vitest', argv: ['vitest'] }];
      // The writer's first try fails in testing.
      document.limits = { maxRetries: 1 };
      document.environment = ['npm_lifecycle_event', 'NODE_PATH', 'INIT_CWD'];
    });
    const doctor = await typed(
      `${npx} baton doctor --workspace '${repo}' --config '${config}'`,
      CLONE,
      bin,
    );
    expect(doctor.stdout).toContain(join(bin, 'vitest'));
    const run = await typed(
      `${npx} baton run Greet --workspace '${repo}' --config '${config}'`,
      CLONE,
      bin,
    );
    const [vitest, tsc, node, ...variables] = project.lines('seen.txt');
    expect([vitest, tsc]).toEqual([join(bin, 'vitest'), join(bin, 'tsc')]);
    expect(dirname(node ?? '')).not.toContain('node_modules');
    const names = variables.map((line) => line.split('=')[0]);
    expect(names).not.toContain('INIT_CWD');
    const added = names.filter((name) => /^(npm_|NODE_PATH)/.test(name ?? ''));
    // Where certificates lie is passed on.
    expect(added.filter((name) => name !== 'npm_config_cafile')).toEqual([]);
    // Sent back until no retries are left: it waits with a way on.
    const next = /^ +(npx -y pnpm@12 baton rollback .*)$/m.exec(run.stdout)?.[1] ?? '';
    expect(next).toContain(` --workspace ${repo}`);
    const back = await typed(next, CLONE, bin);
    expect(back.stdout).toContain('error → implementation');
  });

  it('a relative path is one from where the command was typed', async () => {
    const { folder, repo, config } = createProject();
    const line = `${npx} --dir '${CLONE}' baton doctor --workspace greeter --config '${config}'`;
    const { stdout } = await typed(line, dirname(repo), ownPrograms(folder));
    expect(stdout).toMatch(new RegExp(`workspace +${repo}\n`));
  });
});
