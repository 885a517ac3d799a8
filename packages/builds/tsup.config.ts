import { build } from '../../scripts/build.ts';

export default build({
  index: 'src/index.ts',
  conformance: 'src/conformance/index.ts',
  internal: 'src/internal.ts',
  host: 'src/host/index.ts',
});
