// Carries one build on a SQLite file, and dies on the way.
// argv: file, crash point, which time.
import { carryBuild } from './carry-build.ts';
import { type CrashPoint, createFuse } from './crash-point.ts';

const [path = '', point, nth] = process.argv.slice(2);
await carryBuild({ path, aheadMs: 0, fuse: createFuse(point as CrashPoint, Number(nth)) });
