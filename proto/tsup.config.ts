import { build } from '../scripts/build.ts';

export default build({ index: 'index.ts', comments: 'gen/comments.ts' });
