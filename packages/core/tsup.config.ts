import { build } from '../../scripts/build.ts';

export default build({
  index: 'src/index.ts',
  api: 'src/api.ts',
  errors: 'src/errors.ts',
  internal: 'src/internal.ts',
  waits: 'src/waits.ts',
  testing: 'src/testing/index.ts',
});
