import { defineConfig } from 'vitest/config';

// Vite's own server conditions, after ours: packages are tested from their sources.
const conditions = ['baton-source', 'module', 'node', 'development|production'];
const inCi = Boolean(process.env['CI']);

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: ['baton-source', 'node'] } },
  test: {
    include: ['{packages,proto,test,scripts}/**/*.test.ts'],
    exclude: ['**/{node_modules,dist,.types}/**'],
    testTimeout: 20_000,
    hookTimeout: 30_000,
    // Processes that tests fork find the sources too.
    execArgv: ['--conditions=baton-source'],
    reporters: inCi ? ['default', ['json', { outputFile: '.reports/vitest.json' }]] : ['default'],
  },
});
