import { execFileSync } from 'node:child_process';
import { cp } from 'node:fs/promises';
import { build } from '../../scripts/build.ts';

const STATIC = '../console/static';

/** The console travels with the package. */
async function bringConsole(): Promise<void> {
  execFileSync(process.execPath, ['../../scripts/console.ts'], { stdio: 'inherit' });
  const filter = (path: string) => !path.endsWith('.digest');
  await cp(STATIC, 'dist/console', { recursive: true, filter });
}

export default build({ index: 'src/index.ts', main: 'src/main.ts' }, { finish: bringConsole });
