import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { temporaryFolder } from '../packages/adapters/src/testing/temporary-folder.ts';
import { missingPackages } from './missing-packages.ts';

let folder = '';

beforeEach(() => {
  folder = temporaryFolder();
});

function install(name: string, version: string): void {
  const path = join(folder, 'node_modules', name);
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, 'package.json'), JSON.stringify({ name, version }));
}

it('finds nothing missing where each package is there in its version', () => {
  install('bullmq', '6.7.0');
  install('@mastra/core', '1.71.0');
  expect(missingPackages(folder, { bullmq: '6.7.0', '@mastra/core': '1.71.0' })).toEqual([]);
});

it('names packages that are not installed, or in another version', () => {
  install('bullmq', '5.0.0');
  expect(missingPackages(folder, { bullmq: '6.7.0', '@mastra/core': '1.71.0' })).toEqual([
    'bullmq 6.7.0 (found 5.0.0)',
    '@mastra/core 1.71.0',
  ]);
});
