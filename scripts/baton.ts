// The command line as `pnpm baton` starts it: built when the sources have changed, then loaded.
import { enableCompileCache } from 'node:module';
import { dirname, join } from 'node:path';
import { builtCli } from './built.ts';
import { builtConsole } from './console.ts';

/** Commands that serve the console. */
const SERVING = ['serve', 'console', 'demo'];

if (SERVING.includes(process.argv[2] ?? '')) builtConsole();
const main = await builtCli();
enableCompileCache(join(dirname(main), 'compiled'));
await import(main);
