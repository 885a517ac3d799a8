// `pnpm pack:all [folder]`: builds and packs all public packages, into .packed where none is named.
import { mkdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { packAll } from './public-packages.ts';
import { root, run } from './run.ts';

const folder = resolve(process.env['INIT_CWD'] ?? root, process.argv[2] ?? join(root, '.packed'));
if (!run('pnpm', ['run', 'build'])) process.exit(1);
if (process.argv[2] === undefined) rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
for (const tarball of packAll(folder)) console.log(tarball);
