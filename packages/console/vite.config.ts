import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

/** Compressed once here, not with each answer of a server. */
const compressed: Plugin = {
  name: 'compressed',
  writeBundle({ dir = '' }) {
    for (const path of globSync('**/*.{html,css,js,svg}', { cwd: dir })) {
      const file = join(dir, path);
      const content = readFileSync(file);
      const params = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY };
      writeFileSync(`${file}.br`, brotliCompressSync(content, { params }));
      writeFileSync(`${file}.gz`, gzipSync(content, { level: 9 }));
    }
  },
};

export default defineConfig({
  root: import.meta.dirname,
  base: '/console/',
  plugins: [react(), compressed],
  resolve: { conditions: ['baton-source', 'module', 'browser', 'production'] },
  build: {
    outDir: 'static',
    emptyOutDir: true,
    target: 'es2023',
    // Its own policy refuses inline scripts and `data:` modules.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // What a server sends, not what is on the disk, is measured by a test.
    reportCompressedSize: false,
  },
  server: { proxy: { '/baton.v1.': 'http://127.0.0.1:7481' } },
});
