import { expect, it } from 'vitest';
import { runCommand } from '../process/run-command.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { createNoSandbox } from './no-sandbox.ts';
import type { SandboxPolicy } from './sandbox.ts';
import { policyDigest } from './wall.ts';

const POLICY: SandboxPolicy = {
  hidden: ['/home/ada'],
  readable: [],
  writable: ['/b', '/a'],
  network: 'none',
  limits: { memoryBytes: 2 ** 30, processes: 16, outputBytes: 2 ** 20 },
};

function run(line: string, limits: Partial<SandboxPolicy['limits']> = {}) {
  const cwd = temporaryFolder();
  const policy = { ...POLICY, limits: { ...POLICY.limits, ...limits } };
  return runCommand({
    argv: ['sh', '-c', line],
    cwd,
    wall: { sandbox: createNoSandbox(), policy },
  });
}

it.skipIf(process.platform !== 'linux')(
  'holds the process group of a command to the limits, and names what it left running',
  async () => {
    expect((await run('yes')).excess).toBe(
      'it wrote more than 1 MiB of output; raise sandbox.outputMiB if it needs more',
    );
    const many = 'for i in 1 2 3 4 5 6 7 8 9; do sleep 60 & done; wait';
    expect((await run(many, { processes: 8 })).excess).toMatch(
      /^it had \d+ processes; allowed are 8; raise sandbox\.processes if it needs more$/,
    );
    const left = await run('sleep 60 & sleep 0.1');
    expect(left).toMatchObject({ exitCode: 0, excess: undefined, leftRunning: ['sleep'] });
  },
);

it('has a digest of its policy that the order of paths does not change, and all else does', () => {
  const digest = (changes: Partial<SandboxPolicy> = {}, name = 'none'): string =>
    policyDigest({ name }, { ...POLICY, ...changes });
  expect(digest({ writable: ['/a', '/b'] })).toBe(digest());
  const others = [
    digest({ writable: ['/a'] }),
    digest({ readable: ['/a', '/b'], writable: [] }),
    digest({ hidden: [] }),
    digest({ network: 'all' }),
    digest({ limits: { ...POLICY.limits, processes: 17 } }),
    digest({}, 'bubblewrap'),
  ];
  expect(new Set([digest(), ...others]).size).toBe(7);
});
