import { defineConfig } from 'tsup';

/**
 * How every package is built: ES modules and their declarations, from `entry` into `dist`; then
 * `finish`, in the package's folder.
 */
export function build(entry: Record<string, string>, finish?: () => Promise<void>) {
  return defineConfig({
    entry,
    format: 'esm',
    target: 'node22.18',
    dts: true,
    sourcemap: true,
    clean: true,
    // `node:sqlite` exists only under this prefix.
    removeNodeProtocol: false,
    ...(finish && { onSuccess: finish }),
  });
}
