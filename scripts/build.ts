import { defineConfig } from 'tsup';
import { writeDeclarations } from './declarations.ts';

/**
 * How every package is built: ES modules and their declarations, from `entry` into `dist`; then
 * `finish`, in the package's folder. `tsc` makes the declarations, as it does for `pnpm types`. A program that nothing imports needs no declarations.
 */
export function build(
  entry: Record<string, string>,
  { dts = true, finish }: { readonly dts?: boolean; readonly finish?: () => Promise<void> } = {},
) {
  return defineConfig({
    entry,
    format: 'esm',
    target: 'node22.18',
    sourcemap: true,
    clean: true,
    // `node:sqlite` exists only under this prefix.
    removeNodeProtocol: false,
    async onSuccess() {
      if (dts) writeDeclarations(entry);
      await finish?.();
    },
  });
}
