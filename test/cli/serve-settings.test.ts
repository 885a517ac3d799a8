import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { builtScript } from '../../scripts/built.ts';
import { baton, documents, TIMEOUT } from './harness.ts';

const main = await builtScript('packages/server/src/main.ts');
const server = (...args: string[]) =>
  spawnSync(process.execPath, [main, ...args], { encoding: 'utf8', env: {} });

describe.concurrent('the settings of a server', TIMEOUT, () => {
  it('stand in the help, all of them', async () => {
    const told = await baton(['serve', '--settings', '--json']);
    expect([told.code, told.stderr]).toEqual([0, '']);
    const [{ settings }] = documents(told.stdout);
    const names: readonly string[] = settings.map(({ name }: { name: string }) => name);
    expect(names).toContain('BATON_MAX_HELD_BYTES');
    const help = await baton(['serve', '--help']);
    const words = help.stdout.split(/[^A-Z_]+/);
    expect(names.filter((name) => !words.includes(name))).toEqual([]);
    const ofServer = server('--help');
    expect(ofServer.status).toBe(0);
    for (const name of names) expect(ofServer.stdout).toContain(`  ${name} `);
  });

  it('are no arguments', () => {
    const refused = server('--port', '80');
    expect([refused.status, refused.stdout]).toEqual([2, '']);
    expect(refused.stderr).toContain("found the argument '--port', expected none, or --help");
  });
});
