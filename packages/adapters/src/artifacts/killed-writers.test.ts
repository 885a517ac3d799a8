import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { createFolderArtifactStore } from './folder/folder-artifact-store.ts';
import { createSqliteArtifactStore } from './sqlite/sqlite-artifact-store.ts';

const WRITER = fileURLToPath(new URL('testing/write-on-and-on.ts', import.meta.url));
const KILLS = 4;

it.each(['folder', 'sqlite'])(
  'a writer that is killed leaves all that was acknowledged, nothing half-written, and no lock: %s',
  async (kind) => {
    const folder = temporaryFolder();
    const place = kind === 'folder' ? folder : join(folder, 'artifacts.db');
    const open = () =>
      kind === 'folder'
        ? createFolderArtifactStore({ folder: place })
        : createSqliteArtifactStore({ path: place });
    let told = 0;
    for (let kill = 0; kill < KILLS; kill++) {
      const args = ['--conditions=baton-source', '--no-warnings', WRITER, kind, place];
      const writer = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
      let said = '';
      writer.stdout.on('data', (chunk) => {
        said += chunk;
      });
      await expect.poll(() => said.split('\n').length).toBeGreaterThan(2);
      writer.kill('SIGKILL');
      await once(writer, 'close');
      told = Number(said.trimEnd().split('\n').at(-1));
      const store = await open();
      const found = await store.list({ workflowId: 'wf_1', after: 0, limit: 1000 });
      expect(found.map(({ number }) => number)).toEqual(found.map((_, i) => i + 1));
      expect(found.length).toBeGreaterThanOrEqual(told);
      for (const one of found) {
        let size = 0;
        for await (const piece of store.read(one)) size += piece.length;
        expect(size).toBe(300_000);
      }
      await store.close();
    }
  },
);
