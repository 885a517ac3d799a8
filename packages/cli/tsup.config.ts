import { cp } from 'node:fs/promises';
import { build } from '../../scripts/build.ts';

const EXAMPLE = '../../examples/dark-mode';

/** The demo's example travels with the package. */
export default build({ main: 'src/main.ts' }, () =>
  cp(EXAMPLE, 'dist/dark-mode', { recursive: true }),
);
