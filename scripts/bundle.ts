import { isBuiltin } from 'node:module';
import { basename, join } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { root } from './run.ts';

/** What packages start as a process, beside the file that starts it. */
const GIT_PROCESS = 'packages/adapters/src/git/git-process.ts';

/** Bundles a file, named from the root, with all packages of this repository into a folder. */
export async function bundle(entry: string, folder: string): Promise<void> {
  await build({
    entryPoints: [entry, GIT_PROCESS].map((file) => ({
      in: join(root, file),
      out: basename(file, '.ts'),
    })),
    outdir: folder,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node22.18',
    conditions: ['baton-source'],
    plugins: [othersStay],
    logLevel: 'warning',
  });
}

/**
 * Leaves the packages of others where they are: each by the path that the package that imports it has
 * for it, as the bundle is in none of them.
 */
const othersStay: Plugin = {
  name: 'others-stay',
  setup(esbuild) {
    esbuild.onResolve(
      { filter: /^[^./]/ },
      async ({ path, importer, resolveDir, kind, pluginData }) => {
        if (pluginData === othersStay || kind === 'entry-point') return undefined;
        if (isBuiltin(path)) return { path, external: true };
        if (path.startsWith('@baton/')) return undefined;
        const found = await esbuild.resolve(path, {
          importer,
          resolveDir,
          kind,
          pluginData: othersStay,
        });
        // An optional package that is not installed is missed only by what needs it.
        return { path: found.errors.length === 0 ? found.path : path, external: true };
      },
    );
  },
};
