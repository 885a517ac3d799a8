import { globSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

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

/** Without a record of earlier runs, the others would be begun by size, and the longest last, alone. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLongest = ({ moduleId }: TestSpecification) => moduleId.endsWith('/fuzz/fuzz.test.ts');
    return [...sorted.filter(isLongest), ...sorted.filter((file) => !isLongest(file))];
  }
}

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: ['baton-source', 'node'] } },
  test: {
    // Ends what hangs; no test takes a minute on a machine that does nothing else.
    testTimeout: 120_000,
    hookTimeout: 60_000,
    // Most files wait for processes that they started: the cores have time for one more than there are.
    maxWorkers: availableParallelism() + 1,
    sequence: { sequencer: LongestFirst },
    // What a test waits for comes in milliseconds, but on a busy machine in many seconds: it is no failure
    // until the test has to end.
    expect: { poll: { timeout: 60_000 } },
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
