import { globSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, relative } from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { TEST_MS, WAIT_MS } from './packages/adapters/src/testing/patience.ts';

// Packages are tested from their sources. Not `module`, as Vite has it: Node cannot load what some
// packages keep there for bundlers.
const conditions = ['baton-source', 'node', 'development|production'];
const inCi = Boolean(process.env['CI']);

const include = ['{packages,proto,test,scripts}/**/*.test.ts'];
const exclude = ['**/{node_modules,dist,.types}/**'];

/** What a test changes for everything else in its process. */
const CHANGES_PROCESS =
  /\bvi\.(mock|doMock|stub\w+|spyOn|useFakeTimers)\(|\bprocess\.(env(\.\w+|\[.+?\]) = |chdir\(|umask\()/;

/** Files with a process of their own; all others share one with the files before them. */
const alone = globSync(include, { exclude, cwd: import.meta.dirname }).filter((file) =>
  CHANGES_PROCESS.test(readFileSync(join(import.meta.dirname, file), 'utf8')),
);

/** What takes longest, longest first: begun last, each would be waited for alone. */
const LONGEST = [
  'test/sandbox/attacks.test.ts',
  'test/workers/conformance.test.ts',
  'test/cli/baseline.test.ts',
  'test/shared/shared-builds.test.ts',
  'test/deploy/rolling-restart.test.ts',
  'test/builds/mcp.test.ts',
  'test/cli/worker.test.ts',
  'test/console/decisions.test.ts',
  'test/builds/agents.test.ts',
  'test/fuzz/fuzz.test.ts',
  'test/console/pages.test.ts',
  'packages/adapters/src/workspace/retention/prune-builds.test.ts',
  'test/cli/approvals.test.ts',
  'test/cli/models.test.ts',
  'packages/adapters/src/roles/agent/agent-role.test.ts',
  'packages/adapters/src/workspace/restore.test.ts',
  'test/console/reads.test.ts',
  'packages/adapters/src/stores/postgres/pgbouncer.test.ts',
  'packages/adapters/src/artifacts/s3/s3-faults.test.ts',
  'test/builds/embedded.test.ts',
  'test/chaos/chaos.test.ts',
  'test/cli/run.test.ts',
  'packages/adapters/src/workspace/worktree.test.ts',
  'packages/adapters/src/workspace/in-the-way.test.ts',
  'test/console/survival.test.ts',
  'test/console/steering.test.ts',
  'test/cli/operations.test.ts',
  'test/flood/flood.test.ts',
  'test/fleet/fleet.test.ts',
  'test/cli/secrets.test.ts',
];

/** By what earlier runs took, failures first; without any, by size. */
class InOrder extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId, project }: TestSpecification): number => {
      // A process is shared no longer once a file has come that needs its own.
      if (project.name === 'alone') return -1;
      const place = LONGEST.indexOf(relative(import.meta.dirname, moduleId));
      return place === -1 ? LONGEST.length : place;
    };
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b));
  }
}

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: ['baton-source', 'node'] } },
  test: {
    // Ends what hangs. The longest test takes more than a minute where nothing else runs; beside others, on
    // a machine that is four times slower, it takes ten times as long.
    testTimeout: TEST_MS,
    hookTimeout: TEST_MS,
    // Most files wait for processes, servers and clocks: with one more than there are cores, a third of
    // the cores' time was left.
    maxWorkers: availableParallelism() + 3,
    sequence: { sequencer: InOrder },
    // What a test waits for comes in milliseconds, but on a busy machine in many seconds: it is no failure
    // until the test has to end.
    expect: { poll: { timeout: WAIT_MS } },
    setupFiles: ['test/each-file.ts'],
    // Processes that tests fork find the sources too.
    execArgv: ['--conditions=baton-source'],
    reporters: inCi ? ['default', ['json', { outputFile: '.reports/vitest.json' }]] : ['default'],
    projects: [
      { extends: true, test: { name: 'alone', include: alone } },
      {
        extends: true,
        test: { name: 'shared', include, exclude: [...exclude, ...alone], isolate: false },
      },
    ],
  },
});
