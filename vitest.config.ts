import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

// Packages are tested from their sources. Not `module`, as Vite has it: Node cannot load what some
// packages keep there for bundlers.
const conditions = ['baton-source', 'node', 'development|production'];
const inCi = Boolean(process.env['CI']);

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
    include: ['{packages,proto,test,scripts}/**/*.test.ts'],
    exclude: ['**/{node_modules,dist,.types}/**'],
    // Ends what hangs; no test takes a minute on a machine that does nothing else.
    testTimeout: 120_000,
    hookTimeout: 60_000,
    // Most files wait for processes that they started: the cores have time for one more than there are.
    maxWorkers: availableParallelism() + 1,
    sequence: { sequencer: LongestFirst },
    // What a test waits for comes in milliseconds, but on a busy machine in seconds.
    expect: { poll: { timeout: 15_000 } },
    // Processes that tests fork find the sources too.
    execArgv: ['--conditions=baton-source'],
    reporters: inCi ? ['default', ['json', { outputFile: '.reports/vitest.json' }]] : ['default'],
  },
});
