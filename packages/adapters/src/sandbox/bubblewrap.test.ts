import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type CommandResult, runCommand } from '../process/run-command.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { findSandbox } from './find-sandbox.ts';
import type { SandboxCommand, SandboxPolicy } from './sandbox.ts';

const found = await findSandbox(process.env);
const missing = found.sandbox === undefined;
if (missing) {
  if (process.env['CI']) throw new Error(found.problem);
  console.error(`SKIPPED: ${found.problem}`);
}

function folders() {
  const root = temporaryFolder();
  const at = (name: string): string => {
    mkdirSync(join(root, name));
    return join(root, name);
  };
  return { root, workspace: at('workspace'), outside: at('outside') };
}

const LIMITS = { memoryBytes: 2 ** 30, processes: 64, outputBytes: 2 ** 20 };

function policy(workspace: string, changes: Partial<SandboxPolicy> = {}): SandboxPolicy {
  return {
    hidden: [homedir()],
    readable: [],
    writable: [workspace],
    network: 'none',
    limits: LIMITS,
    ...changes,
  };
}

function shell(
  workspace: string,
  line: string,
  changes: Partial<SandboxPolicy> = {},
  more: { timeoutMs?: number; graceMs?: number } = {},
): Promise<CommandResult> {
  if (found.sandbox === undefined) throw new Error(found.problem);
  const wall = { sandbox: found.sandbox, policy: policy(workspace, changes) };
  return runCommand({ argv: ['sh', '-c', line], cwd: workspace, wall, ...more });
}

describe.skipIf(missing)('a command behind the wall of bubblewrap', () => {
  it('does not follow a link that a command before has put into a folder that is shown', async () => {
    const { workspace, outside, root } = folders();
    mkdirSync(join(root, 'cache'));
    symlinkSync(outside, join(root, 'cache/pip'));
    for (const path of [join(root, 'cache/pip'), join(root, 'cache/pip/new')]) {
      await expect(shell(workspace, 'true', { writable: [workspace, path] })).rejects.toThrow(
        `${path} has changed since the build began: ${join(root, 'cache/pip')} leads to ${outside}`,
      );
      expect(readdirSync(outside)).toEqual([]);
    }
    const readable = [join(root, 'cache/pip')];
    await expect(shell(workspace, 'true', { readable })).rejects.toThrow('leads to');
  });

  it('has no key ring of the kernel', async () => {
    const { workspace } = folders();
    const code = `import ctypes, os
calls = {'x86_64': (248, 250), 'aarch64': (217, 219)}[os.uname().machine]
libc = ctypes.CDLL(None, use_errno=True)
added = libc.syscall(calls[0], b'user', b'left', b'x', 1, -3)
print(added, os.strerror(ctypes.get_errno()))
print(libc.syscall(calls[1], 0, -3, 1), os.strerror(ctypes.get_errno()))`;
    writeFileSync(join(workspace, 'keys.py'), code);
    const { stdout } = await shell(workspace, 'python3 keys.py');
    expect(stdout).toBe('-1 Function not implemented\n-1 Function not implemented\n');
  });

  it('has its processes counted in namespaces of their own, too', async () => {
    const { workspace } = folders();
    const many = 'for i in $(seq 40); do sleep 30 & done; wait';
    const limits = { ...LIMITS, processes: 20 };
    const apart = `unshare -U -p -f true || exit 3; unshare -U -p -f sh -c '${many}'`;
    const { excess, exitCode } = await shell(workspace, apart, { limits });
    // When it may start no process, there is nothing to count.
    if (exitCode !== 3) expect(excess).toContain('processes');
  });

  it('writes no setting of the kernel, also where root runs it', async () => {
    const { workspace } = folders();
    // Writes the current value back, so that succeeding does no harm.
    const line = `for setting in kernel/core_pattern vm/swappiness kernel/hostname; do
        file=/proc/sys/$setting; cat $file > kept && cat kept > $file && echo "$setting"; done`;
    expect((await shell(workspace, line)).stdout).toBe('');
  });

  it('has no capability with which to take the wall away, also where root runs it', async () => {
    const { workspace } = folders();
    const hidden = import.meta.dirname;
    const line = `grep CapEff /proc/self/status; umount ${hidden}; ls ${hidden}
      mount -o remount,bind,rw / && touch -c /usr && echo writable`;
    const { stdout } = await shell(workspace, line, { hidden: [hidden] });
    expect(stdout).toBe('CapEff:\t0000000000000000\n');
  });

  it('answers as it would without', async () => {
    const { workspace } = folders();
    const result = await shell(workspace, 'echo out; echo err >&2; pwd; exit 7');
    expect(result).toMatchObject({
      exitCode: 7,
      stdout: `out\n${workspace}\n`,
      stderr: 'err\n',
      timedOut: false,
      leftRunning: [],
      excess: undefined,
    });
  });

  it('writes what it may write, and nothing else', async () => {
    const { workspace, outside } = folders();
    const line = `echo a > a; echo b > ${outside}/b; echo c > /etc/c; echo d > /tmp/d; cat /tmp/d`;
    const { stdout } = await shell(workspace, line);
    expect(readFileSync(join(workspace, 'a'), 'utf8')).toBe('a\n');
    expect(existsSync(join(outside, 'b'))).toBe(false);
    expect(existsSync('/etc/c')).toBe(false);
    expect(stdout).toBe('d\n');
    expect(existsSync('/tmp/d')).toBe(false);
  });

  it('sees nothing of what is hidden, but for what it is shown', async () => {
    const { root, workspace, outside } = folders();
    writeFileSync(join(outside, 'secret'), 'secret');
    mkdirSync(join(outside, 'shown'));
    writeFileSync(join(outside, 'shown/x'), 'shown');
    const hidden = [root];
    const readable = [join(outside, 'shown')];
    const { stdout } = await shell(workspace, `ls ${outside}; cat ${outside}/shown/x`, {
      hidden,
      readable,
    });
    expect(stdout).toBe('shown\nshown');
  });

  it('has an empty home that it can write', async () => {
    const { workspace } = folders();
    const name = `wall-${process.pid}`;
    const { stdout, exitCode } = await shell(workspace, `ls -A ~; touch ~/${name}; ls ~`);
    expect([exitCode, stdout]).toEqual([0, `${name}\n`]);
    expect(existsSync(join(homedir(), name))).toBe(false);
  });

  it('has no capability, even under root, and cannot take away what hides', async () => {
    const { workspace } = folders();
    const line =
      'grep CapEff /proc/self/status; umount -l ~; ls ~; umount -l /tmp; mount --bind / ~; ls ~';
    const { stdout } = await shell(workspace, line);
    expect(stdout).toBe('CapEff:\t0000000000000000\n');
  });

  it('sees no process but its own, and no environment of another', async () => {
    const { workspace } = folders();
    const { stdout } = await shell(
      workspace,
      'cat /proc/[0-9]*/environ | tr "\\0" "\\n"; echo; ls -d /proc/[0-9]* | wc -l',
    );
    expect(stdout).not.toMatch(/vitest/i);
    expect(Number(stdout.trim().split('\n').at(-1))).toBeLessThan(8);
  });

  it('takes what it left running with it, in whichever session, and names it', async () => {
    const { workspace } = folders();
    const { leftRunning, exitCode } = await shell(
      workspace,
      'setsid sh -c "sleep 1; touch late" & setsid -f sleep 300; sleep 0.1',
    );
    expect(exitCode).toBe(0);
    expect([...leftRunning].sort()).toEqual(['sh', 'sleep', 'sleep']);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(existsSync(join(workspace, 'late'))).toBe(false);
  });

  it('gets SIGTERM and a grace at its timeout, and then is killed with all that it began', async () => {
    const { workspace } = folders();
    const line =
      'trap "echo bye > bye; exit 0" TERM; setsid -f sh -c "trap : TERM; while :; do sleep 0.1; touch alive; done"; while :; do sleep 0.05; done';
    const result = await shell(workspace, line, {}, { timeoutMs: 2000, graceMs: 2000 });
    expect(result).toMatchObject({ timedOut: true, exitCode: null });
    expect(readFileSync(join(workspace, 'bye'), 'utf8')).toBe('bye\n');
    rmSync(join(workspace, 'alive'), { force: true });
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(existsSync(join(workspace, 'alive'))).toBe(false);
  });

  it('reaches a server of its own on the loopback, and none of this machine', async () => {
    const { workspace } = folders();
    const server = createServer((socket) => socket.end('outside'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as { port: number };
    const program = `const net = require('node:net');
      const own = net.createServer((s) => s.end('own')).listen(0, '127.0.0.1', () => {
        const ask = (port, then) => net.connect(port, '127.0.0.1').on('data', (d) => then(String(d))).on('error', (e) => then(e.code));
        ask(own.address().port, (a) => ask(${port}, (b) => { console.log(a, b); process.exit(); }));
      });`;
    writeFileSync(join(workspace, 'ask.js'), program);
    const line = `${process.execPath} ask.js`;
    expect((await shell(workspace, line)).stdout).toBe('own ECONNREFUSED\n');
    expect((await shell(workspace, line, { network: 'all' })).stdout).toBe('own outside\n');
  });

  it.each([
    ['output', 'yes', { outputBytes: 2 ** 20 }, 'it wrote more than 1 MiB of output'],
    [
      'processes',
      'for i in 1 2 3 4 5 6 7 8 9; do sleep 60 & done; wait',
      { processes: 8 },
      'processes; allowed are 8',
    ],
    [
      'memory',
      `${process.execPath} -e "const a = []; setInterval(() => a.push(Buffer.alloc(1e7, 1)), 1)"`,
      { memoryBytes: 2 ** 27 },
      'of memory; allowed are 128 MiB',
    ],
  ])('is ended when it goes beyond the limit of its %s', async (_, line, limit, excess) => {
    const { workspace } = folders();
    const result = await shell(workspace, line, { limits: { ...LIMITS, ...limit } });
    expect(result.excess).toContain(excess);
    expect(result.exitCode).toBeNull();
  });

  it('is not run where the wall cannot be put up', async () => {
    const { workspace } = folders();
    const line = `touch ran`;
    // Mounting fails: a file cannot replace a folder that serves as a mount point.
    const broken = { ...policy(workspace), hidden: ['/proc'] };
    if (found.sandbox === undefined) return;
    const sandbox = {
      ...found.sandbox,
      confine: async (command: SandboxCommand, held: SandboxPolicy) => {
        const confined = await found.sandbox.confine(command, held);
        return {
          ...confined,
          argv: [confined.argv[0] ?? '', '--no-such-option', ...confined.argv.slice(1)],
        };
      },
    };
    await expect(
      runCommand({ argv: ['sh', '-c', line], cwd: workspace, wall: { sandbox, policy: broken } }),
    ).rejects.toMatchObject({
      code: 'invalid_input',
      message: expect.stringContaining(
        "'sh' was not run: its sandbox (bubblewrap) could not be set up: bwrap: Unknown option",
      ),
    });
    expect(existsSync(join(workspace, 'ran'))).toBe(false);
  });

  it('is told as missing as it would be without', async () => {
    const { workspace } = folders();
    const wall = {
      sandbox: found.sandbox as NonNullable<typeof found.sandbox>,
      policy: policy(workspace),
    };
    const run = (argv: string[], confined: boolean) =>
      runCommand({ argv, cwd: workspace, ...(confined && { wall }) }).catch(
        (reason: Error) => reason.message,
      );
    writeFileSync(join(workspace, 'plain'), '');
    for (const argv of [['no-such-program'], ['./plain'], ['./no-such-file']]) {
      expect(await run(argv, true)).toBe(await run(argv, false));
    }
  });
});
