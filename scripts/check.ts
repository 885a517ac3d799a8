// Everything that must hold before a change is merged. Stops at the first step that fails.
// `--without-tests` leaves the tests out, for those who have just run them; `--changed` looks at what
// this branch has changed since it left main, and takes less than a minute.
import { branchPoint, changedFiles } from './changed-files.ts';
import { relatedTests } from './related-tests.ts';
import { run } from './run.ts';

type Step = readonly [name: string, command: string, ...args: string[]];

/** How long the tests of `--changed` may take together, by how long they took before. */
const TESTS_MS = 40_000;

const isChanged = process.argv.includes('--changed');
const steps = isChanged ? stepsOfChange() : stepsOfAll();

for (const [index, [name, ...command]] of steps.entries()) {
  console.log(`\n=== ${name} (${index + 1} of ${steps.length})`);
  const startedAt = performance.now();
  const passed = run(command[0], command.slice(1));
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  if (!passed) {
    const again = isChanged ? command.join(' ') : `pnpm ${name}`;
    console.error(`\ncheck failed at '${name}' after ${seconds} s; to repeat it: ${again}`);
    process.exit(1);
  }
  console.log(`=== ${name} passed in ${seconds} s`);
}
console.log(`\ncheck passed: ${steps.map(([name]) => name).join(', ')}`);

function stepsOfAll(): readonly Step[] {
  const names = [
    'format',
    'lint',
    'types',
    'docs:check',
    'unused',
    'dependencies',
    'proto',
    'build',
    'packages',
    'packages:try',
    'image:try',
    ...(process.argv.includes('--without-tests') ? [] : ['test']),
  ];
  return names.map((name) => [name, 'pnpm', 'run', name]);
}

function stepsOfChange(): readonly Step[] {
  const base = branchPoint();
  if (base === '') throw new Error('there is no main to compare with; run: pnpm check');
  const files = changedFiles(base);
  const { tests, left } = relatedTests(files, TESTS_MS);
  console.log(`${files.length} files differ from ${base}; ${tests.length} test files are closest`);
  if (left > 0) console.log(`${left} more depend on them: pnpm test`);
  if (files.length === 0) return [];
  const biome = ['check', '--error-on-warnings', '--no-errors-on-unmatched'];
  return [
    ['format and lint', 'biome', ...biome, ...files],
    ['types', 'pnpm', 'run', 'types'],
    ...(tests.length === 0 ? [] : [['tests', 'vitest', 'run', ...tests] as const]),
  ];
}
