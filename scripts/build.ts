import { defineConfig } from 'tsup';

/** How every package is built: ES modules and their declarations, from `entry` into `dist`. */
export function build(entry: Record<string, string>) {
  return defineConfig({
    entry,
    format: 'esm',
    target: 'node22.18',
    dts: true,
    sourcemap: true,
    clean: true,
    // `node:sqlite` exists only under this prefix.
    removeNodeProtocol: false,
  });
}
