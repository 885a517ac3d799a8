/*
 * Puts into a workspace what the tools of a model are to fall for, in a folder `traps`; takes it away
 * when it is there. It is the model's own command that does so: `trap-process.ts`.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';

const FOLDER = 'traps';

/** A link by each name. */
function links(world: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const { OWN_HOME = '', CHECKOUT = '', STATE = '', OTHER = '', SHARED = '' } = world;
  return {
    home: OWN_HOME,
    key: `${OWN_HOME}/.ssh/id_ed25519`,
    checkout: CHECKOUT,
    'checkout-git': `${CHECKOUT}/.git`,
    state: STATE,
    other: OTHER,
    shared: SHARED,
    root: '/',
    dev: '/dev',
    zero: '/dev/zero',
    environ: '/proc/self/environ',
    descriptors: '/proc/self/fd',
    cwd: '/proc/self/cwd',
    up: '../../../..',
    'own-git': '../.git',
    chain: 'chain-2',
    'chain-2': 'chain-3',
    'chain-3': OWN_HOME,
    loop: 'loop',
    dangling: `${OWN_HOME}/pwned-by-a-link`,
  };
}

async function listen(path: string): Promise<void> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(path, resolve));
  // Closing it would take the file away.
  process.exit();
}

if (process.env['BATON_ROLE'] !== 'code_writer') process.exit();
if (existsSync(FOLDER)) {
  rmSync(FOLDER, { recursive: true });
  process.exit();
}
mkdirSync(`${FOLDER}/nested/.git`, { recursive: true });
process.chdir(FOLDER);
for (const [name, target] of Object.entries(links(JSON.parse(process.env['WORLD'] ?? '{}')))) {
  symlinkSync(target, name);
}
writeFileSync('nested/.git/config', '[core]\n');
writeFileSync('bomb.txt', `${'a'.repeat(5000)}!\n`);
writeFileSync('line.txt', 'x'.repeat(2 ** 21));
writeFileSync('huge.txt', '');
truncateSync('huge.txt', 2 ** 28);
for (const name of ['new\nline.txt', 'bidi\u202etxt.sh', 'escape\u001b[2J.txt']) {
  writeFileSync(name, 'named oddly\n');
}
spawnSync('sh', ['-c', 'mkfifo pipe']);
await listen('socket');
