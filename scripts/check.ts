// Everything that must hold before a change is merged. Stops at the first step that fails.
// `--without-tests` leaves the tests out, for those who have just run them.
import { run } from './run.ts';

const steps = [
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
  ...(process.argv.includes('--without-tests') ? [] : ['test']),
];

for (const [index, step] of steps.entries()) {
  console.log(`\n=== ${step} (${index + 1} of ${steps.length})`);
  const startedAt = performance.now();
  const passed = run('pnpm', ['run', step]);
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  if (!passed) {
    console.error(`\ncheck failed at '${step}' after ${seconds} s; to repeat it: pnpm ${step}`);
    process.exit(1);
  }
  console.log(`=== ${step} passed in ${seconds} s`);
}
console.log(`\ncheck passed: ${steps.join(', ')}`);
