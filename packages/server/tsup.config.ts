import { cp } from 'node:fs/promises';
import { build } from '../../scripts/build.ts';
import { builtConsole } from '../../scripts/console.ts';

export default build(
  { index: 'src/index.ts', main: 'src/main.ts' },
  // The console travels with the package.
  {
    finish: () =>
      cp(builtConsole(), 'dist/console', {
        recursive: true,
        filter: (path) => !path.endsWith('.digest'),
      }),
  },
);
