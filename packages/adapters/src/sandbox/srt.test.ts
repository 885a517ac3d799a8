import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type CommandResult, runCommand } from '../process/run-command.ts';
import { WAIT_MS } from '../testing/patience.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { findSandbox } from './find-sandbox.ts';
import type { SandboxPolicy } from './sandbox.ts';
import { createSrt } from './srt.ts';

const found = await findSandbox(process.env, 'srt');
const missing = found.sandbox === undefined;
if (missing) {
  if (process.env['CI']) throw new Error(found.problem);
  console.error(`SKIPPED: ${found.problem}`);
}

function folders() {
  // Its own folder for temporary files can be written by default.
  const root = temporaryFolder();
  const at = (name: string): string => {
    mkdirSync(join(root, name));
    return join(root, name);
  };
  return { workspace: at('workspace'), outside: at('outside'), hidden: at('hidden') };
}

function shell(
  line: string,
  { workspace, hidden }: ReturnType<typeof folders>,
  changes: Partial<SandboxPolicy> = {},
  timeoutMs = WAIT_MS,
  sandbox = found.sandbox,
): Promise<CommandResult> {
  if (sandbox === undefined) throw new Error('there is no srt');
  const limits = { memoryBytes: 2 ** 30, processes: 64, outputBytes: 2 ** 20 };
  const policy: SandboxPolicy = {
    hidden: [homedir(), hidden],
    readable: [],
    writable: [workspace],
    network: 'none',
    limits,
    ...changes,
  };
  const wall = { sandbox, policy };
  return runCommand({ argv: ['sh', '-c', line], cwd: workspace, wall, timeoutMs });
}

describe.skipIf(missing)('a command behind the wall of srt', () => {
  it('writes its workspace and temporary files alone, and reads nothing that is hidden', async () => {
    const places = folders();
    const { workspace, outside, hidden } = places;
    writeFileSync(join(hidden, 'key'), 'secret');
    mkdirSync(join(hidden, 'tool'));
    writeFileSync(join(hidden, 'tool/run'), 'readable');
    const lines = [
      'echo "it is" > here; cat here',
      `echo x > ${outside}/there`,
      `cat ${hidden}/key`,
      `cat ${hidden}/tool/run`,
      'echo x > "$TMPDIR/scratch" && echo scratched',
      "printf '%s ' a 'b c'; exit 7",
    ];
    const result = await shell(lines.join('\n'), places, { readable: [join(hidden, 'tool')] });
    expect(result).toMatchObject({ exitCode: 7, leftRunning: [], refusedHosts: [] });
    expect(result.stdout).toBe('it is\nreadablescratched\na b c ');
    expect(readFileSync(join(workspace, 'here'), 'utf8')).toBe('it is\n');
    expect(readdirSync(outside)).toEqual([]);
    expect(readdirSync(tmpdir()).filter((name) => /^baton-srt-(?!test|probe)/.test(name))).toEqual(
      [],
    );
  });

  it('reaches no network, and with a list what is on it', async () => {
    const places = folders();
    const server = createServer((_, response) => response.end('reached'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const code = `fetch('http://127.0.0.1:${port}').then((one) => one.text()).then(console.log, () => console.log('not reached'))`;
    const ask = `NO_PROXY= no_proxy= NODE_USE_ENV_PROXY=1 ${process.execPath} -e "${code}"`;
    expect((await shell(ask, places)).stdout).toContain('not reached');
    const hosts = [`127.0.0.1:${port}`];
    expect((await shell(ask, places, { network: { hosts } })).stdout).toBe('reached\n');
    const others = { hosts: ['127.0.0.1:1', '*.example.com'] };
    expect((await shell(ask, places, { network: others })).stdout).toBe('not reached\n');
  });

  it('is refused what it cannot have, before it runs', async () => {
    const places = folders();
    await expect(shell('echo x > ran', places, { network: 'all' })).rejects.toThrow(
      'srt: it gives no command the whole network: say in sandbox.network which hosts',
    );
    await expect(
      shell('echo x > ran', places, { network: { hosts: ['localhost:5432'] } }),
    ).rejects.toThrow('it leads to no port of this machine (localhost:5432)');
    expect(existsSync(join(places.workspace, 'ran'))).toBe(false);
  });

  it('leaves nothing running, and ends in time', async () => {
    const places = folders();
    const left = 'setsid sh -c "sleep 5; echo x > late" > /dev/null 2>&1 < /dev/null &';
    expect((await shell(`${left} echo done`, places)).stdout).toBe('done\n');
    const slow = await shell('sleep 60', places, {}, 3000);
    expect(slow.timedOut).toBe(true);
    await new Promise((resolve) => setTimeout(resolve, 4000));
    expect(existsSync(join(places.workspace, 'late'))).toBe(false);
  });

  it('fails where the wall is not put up, and runs nothing', async () => {
    const places = folders();
    const broken = createSrt(['/bin/sh', '-c', 'echo "no namespaces" >&2; exit 1']);
    await expect(shell('echo x > ran', places, {}, 60_000, broken)).rejects.toThrow(
      "'sh' was not run: its sandbox (srt) could not be set up: no namespaces",
    );
    expect(existsSync(join(places.workspace, 'ran'))).toBe(false);
  });
});
