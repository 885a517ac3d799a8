/*
 * Runs every attack and writes down what each said: `hostile-process.ts <name>`.
 */
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ATTACKS, NETWORK_ATTACKS, PROXY_ATTACKS, SOCKET_ATTACKS } from './attacks.ts';

const run = promisify(execFile);
const [name] = process.argv.slice(2);
const world = JSON.parse(process.env['WORLD'] ?? '{}');
const attacks = { ...ATTACKS, ...SOCKET_ATTACKS, ...NETWORK_ATTACKS, ...PROXY_ATTACKS };
const said: Record<string, string> = {};

async function attack(title: string, line: string): Promise<void> {
  const env = { ...process.env, ...world, WORLD: '', NODE: process.execPath };
  const options = { env, timeout: 10_000, maxBuffer: 1 << 24 };
  const ended = run('/bin/sh', ['-c', line], options);
  ended.child.stdin?.end();
  const { stdout, stderr } = await ended.catch((reason) => reason);
  said[title] = `${stdout}\n${stderr}`;
}

const open = Object.entries(attacks);
const work = async () => {
  for (let next = open.shift(); next !== undefined; next = open.shift()) await attack(...next);
};
await Promise.all(Array.from({ length: 8 }, work));
// Under a name that is there only when all have been tried.
writeFileSync(join(world.LOOT, `${name}.json`), JSON.stringify(said));
