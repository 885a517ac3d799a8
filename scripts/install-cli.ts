// `pnpm install-cli` builds `baton` from this clone and installs it on PATH, independent of the clone. The
// installation brings its own Node, so the `node` on PATH neither matters nor changes.
// `pnpm install-cli --remove` removes it. `--bin <folder>` names another folder for the command.
import {
  accessSync,
  chmodSync,
  constants,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { userEnvironment } from '../packages/cli/src/invocation/user-environment.ts';
import { installPackages, optionalPackages } from './install-packages.ts';
import { packAll } from './public-packages.ts';
import { read, root, run, runQuietly } from './run.ts';

const values = given();

const env = userEnvironment(process.env);
const places = (env['PATH'] ?? '').split(delimiter);
const data = env['XDG_DATA_HOME'] || join(homedir(), '.local/share');
const home = join(data, 'baton-cli');
const bin =
  values.bin === undefined ? usualBin() : resolve(process.env['INIT_CWD'] ?? root, values.bin);
const command = join(bin, 'baton');

if (values.remove) remove();
else install();

function given(): { bin?: string; remove: boolean } {
  try {
    return parseArgs({
      options: { bin: { type: 'string' }, remove: { type: 'boolean', default: false } },
    }).values;
  } catch (error) {
    fail(`${(error as Error).message}\nusage: install-cli [--bin <folder>] [--remove]`);
  }
}

/** Where the user's own commands are: the first of them that is on PATH and may be written to. */
function usualBin(): string {
  const own = join(homedir(), '.local/bin');
  const prefix = read('npm', ['prefix', '--global'], root, env);
  const found = [own, join(prefix, 'bin')].find((one) => places.includes(one) && isWritable(one));
  return found ?? own;
}

function install(): void {
  if (existsSync(command) && !isOurs()) {
    fail(`${command} is there, and is none of ours: name another folder with --bin`);
  }
  console.log('Building the packages…');
  if (!runQuietly('pnpm', ['run', 'build'])) fail('the packages could not be built');
  const made = `${home}.${process.pid}`;
  const tarballs = mkdtempSync(join(tmpdir(), 'baton-tarballs-'));
  try {
    mkdirSync(made, { recursive: true });
    cpSync(process.execPath, join(made, 'node'));
    console.log(`Installing them into ${home}…`);
    installPackages(made, [...packAll(tarballs), ...optionalPackages()]);
    rmSync(home, { recursive: true, force: true });
    renameSync(made, home);
  } finally {
    rmSync(made, { recursive: true, force: true });
    rmSync(tarballs, { recursive: true });
  }
  mkdirSync(bin, { recursive: true });
  writeFileSync(command, script());
  chmodSync(command, 0o755);
  if (!run(command, ['--version'])) fail(`${command} does not work`);
  console.log(`Installed ${command}.`);
  if (!places.includes(bin)) {
    console.log(`Put it on PATH, in your shell's profile: export PATH="${bin}:$PATH"`);
  }
}

function remove(): void {
  if (!isOurs()) fail(`there is no ${command} of ours; --bin names the folder it is in`);
  rmSync(command);
  rmSync(home, { recursive: true, force: true });
  console.log(`Removed ${command} and ${home}.`);
}

function script(): string {
  const quoted = (path: string) => `'${path.replaceAll("'", "'\\''")}'`;
  const main = join(home, 'node_modules/@baton/cli/dist/main.js');
  return `#!/bin/sh
# Baton, as its install-cli has put it here. Run install-cli --remove to take it away.
exec ${quoted(join(home, 'node'))} ${quoted(main)} "$@"
`;
}

function isOurs(): boolean {
  return existsSync(command) && readFileSync(command, 'utf8').includes('/@baton/cli/');
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function fail(problem: string): never {
  console.error(`error: ${problem}`);
  process.exit(1);
}
