import { cp } from 'node:fs/promises';
import { build } from '../../scripts/build.ts';

const EXAMPLE = '../../examples/dark-mode';

export default build(
  { main: 'src/main.ts' },
  {
    dts: false,
    // The demo's example travels with the package.
    finish: () => cp(EXAMPLE, 'dist/dark-mode', { recursive: true }),
  },
);
