import { cp } from 'node:fs/promises';
import { build } from '../../scripts/build.ts';

export default build(
  { index: 'src/index.ts', main: 'src/main.ts' },
  // The console, which is built first, travels with the package.
  { finish: () => cp('../console/static', 'dist/console', { recursive: true }) },
);
