// Writes the generated parts of the pages: reference tables from the code, examples from their files.
// `--check` writes nothing, and fails when a page would change.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../run.ts';
import { filled } from './fill.ts';
import { pages } from './pages.ts';

const checks = process.argv.includes('--check');
let stale = 0;
for (const page of pages()) {
  const text = await filled(page);
  if (text === page.text) continue;
  stale += 1;
  if (checks) console.error(`${page.path}: its generated parts are stale`);
  else {
    writeFileSync(join(root, page.path), text);
    console.log(`wrote ${page.path}`);
  }
}
if (checks && stale > 0) {
  console.error('to write them: pnpm docs:generate');
  process.exitCode = 1;
}
