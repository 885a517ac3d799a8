import { build } from '../../scripts/build.ts';

export default build({
  node: 'src/node.ts',
  browser: 'src/browser.ts',
  worker: 'src/worker/index.ts',
});
