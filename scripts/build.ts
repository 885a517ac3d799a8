import { defineConfig } from 'tsup';

/**
 * How every package is built: ES modules and their declarations, from `entry` into `dist`; then
 * `finish`, in the package's folder. A program that nothing imports needs no declarations.
 */
export function build(
  entry: Record<string, string>,
  { dts = true, finish }: { readonly dts?: boolean; readonly finish?: () => Promise<void> } = {},
) {
  return defineConfig({
    entry,
    format: 'esm',
    target: 'node22.18',
    dts,
    sourcemap: true,
    clean: true,
    // `node:sqlite` exists only under this prefix.
    removeNodeProtocol: false,
    ...(finish && { onSuccess: finish }),
  });
}
