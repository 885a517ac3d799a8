import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const CLIENT = fileURLToPath(new URL('../../packages/client/src/browser.ts', import.meta.url));

/** The browser entry as a bundler makes it: a module of Node would fail the build. */
export async function bundle(entry = CLIENT): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    conditions: ['baton-source', 'browser'],
  });
  return outputFiles[0]?.text ?? '';
}
