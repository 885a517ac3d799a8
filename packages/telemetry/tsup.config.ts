import { build } from '../../scripts/build.ts';

export default build({
  log: 'src/log/index.ts',
  metrics: 'src/metrics/index.ts',
  tracing: 'src/tracing/index.ts',
});
