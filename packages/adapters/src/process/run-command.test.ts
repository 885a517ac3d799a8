import { once } from 'node:events';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { failure } from '../roles/testing/failure.ts';
import { WAIT_MS } from '../testing/patience.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { type CommandChannel, type RunCommandOptions, runCommand } from './run-command.ts';

let cwd: string;

beforeEach(() => {
  cwd = temporaryFolder();
});

function run(argv: readonly string[], options: Partial<RunCommandOptions> = {}) {
  return runCommand({ argv, cwd, graceMs: 200, ...options });
}

const node = (code: string): string[] => [process.execPath, '-e', code];
const sh = (script: string): string[] => ['sh', '-c', script];

/** Whether a process exists and is no zombie. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  const status = `/proc/${pid}/status`;
  return !existsSync(status) || !/^State:\s+Z/m.test(readFileSync(status, 'utf8'));
}

async function pidIn(file: string): Promise<number> {
  while (!existsSync(join(cwd, file)) || readFileSync(join(cwd, file), 'utf8') === '') {
    await sleep(10);
  }
  return Number(readFileSync(join(cwd, file), 'utf8'));
}

describe('a command that ends by itself', () => {
  it('is answered with exit code, both outputs, their common tail and when it began', async () => {
    const before = Date.now();
    const result = await run(sh('echo out; echo err >&2; exit 3'));
    expect(result).toMatchObject({
      exitCode: 3,
      signal: null,
      timedOut: false,
      truncated: false,
      stdout: 'out\n',
      stderr: 'err\n',
    });
    expect(result.outputTail).toContain('out\n');
    expect(result.outputTail).toContain('err\n');
    expect(result.startedAt).toBeGreaterThanOrEqual(before);
    expect(result.durationMs).toBeGreaterThanOrEqual(0);
  });

  it('gets its arguments as they are: no shell expands them', async () => {
    const odd = ['$HOME', '*', 'a b', "'; echo x", '`id`'];
    const { stdout } = await run([
      ...node('console.log(JSON.stringify(process.argv.slice(1)))'),
      ...odd,
    ]);
    expect(JSON.parse(stdout)).toEqual(odd);
  });

  it('runs in the folder it is given and reads the text it is given', async () => {
    const { stdout } = await run(sh('pwd; cat'), { stdin: 'söme text' });
    expect(stdout).toBe(`${cwd}\nsöme text`);
  });

  it('finds its stdin empty when it is given none', async () => {
    expect((await run(['cat'])).stdout).toBe('');
  });

  it('may leave a large stdin unread', async () => {
    const result = await run(sh('exit 0'), { stdin: 'x'.repeat(4 * 1024 * 1024) });
    expect(result.exitCode).toBe(0);
  });

  it('is answered with the signal that ended it', async () => {
    expect(await run(sh('kill -SEGV $$'))).toMatchObject({ exitCode: null, signal: 'SIGSEGV' });
  });

  it('has equal digests for equal outputs only, and tells stdout from stderr', async () => {
    const [one, same, other, swapped] = await Promise.all(
      ['echo a', 'echo a', 'echo b', 'echo a >&2'].map((script) => run(sh(script))),
    );
    expect(one?.outputDigest).toMatch(/^[0-9a-f]{64}$/);
    expect(same?.outputDigest).toBe(one?.outputDigest);
    expect(other?.outputDigest).not.toBe(one?.outputDigest);
    expect(swapped?.outputDigest).not.toBe(one?.outputDigest);
  });

  it('hands on the lines of stderr as they come, the last without a newline too', async () => {
    const lines: string[] = [];
    await run(sh('printf "one\\r\\n\\ntwo\\nthr" >&2; printf ee >&2; echo out'), {
      onStderrLine: (line) => lines.push(line),
    });
    expect(lines).toEqual(['one', 'two', 'three']);
  });

  it('is not ended by a listener that throws', async () => {
    const result = await run(sh('echo one >&2; echo two >&2'), {
      onStderrLine: () => {
        throw new Error('watcher');
      },
    });
    expect(result.exitCode).toBe(0);
  });
});

describe('the output cap', () => {
  it('keeps head and tail, says how much was left out, and digests all of it', async () => {
    const script = (middle: string) =>
      node(`process.stdout.write('HEAD' + '${middle}'.repeat(100_000) + 'TAIL')`);
    const result = await run(script('x'), { maxOutputBytes: 100 });
    expect(result.truncated).toBe(true);
    expect(result.leftOut).toEqual({ stdout: 100_008 - 100, stderr: 0 });
    expect(result.stdout).toMatch(/^HEADx{46}\n\[\.\.\. 99908 bytes left out \.\.\.\]\nx{46}TAIL$/);
    const other = await run(script('y'), { maxOutputBytes: 8 });
    expect(other.stdout).toMatch(/^HEAD\n.*\nTAIL$/);
    expect(other.outputDigest).not.toBe(result.outputDigest);
  });

  it('leaves alone what just fits', async () => {
    const result = await run(node(`process.stdout.write('x'.repeat(100))`), {
      maxOutputBytes: 100,
    });
    expect(result).toMatchObject({ truncated: false, stdout: 'x'.repeat(100) });
  });

  it.each([21, 23])('does not cut through characters, at %i bytes', async (maxOutputBytes) => {
    const write = node(`process.stdout.write('ö'.repeat(1000))`);
    expect((await run(write, { maxOutputBytes })).stdout).toMatch(/^ö+\n\[.*\]\nö+$/);
  });
});

describe('the environment', () => {
  const kept = { ...process.env };
  beforeEach(() => {
    process.env['BATON_TEST_SECRET'] = 'hunter2';
    process.env['LC_TIME'] = 'C';
  });
  afterEach(() => {
    for (const name of ['BATON_TEST_SECRET', 'LC_TIME']) {
      if (kept[name] === undefined) delete process.env[name];
      else process.env[name] = kept[name];
    }
  });
  const seen = async (options: Partial<RunCommandOptions>) =>
    JSON.parse((await run(node('console.log(JSON.stringify(process.env))'), options)).stdout);

  it('shows a command no secret of the process, but PATH, HOME, LC_* and where certificates lie', async () => {
    const env = await seen({});
    expect(JSON.stringify(env)).not.toContain('hunter2');
    expect(env).toMatchObject({ PATH: process.env['PATH'], LC_TIME: 'C' });
    const allowed = /^(PATH|HOME|LANG|LC_.*|TMPDIR|TZ|PWD|SHLVL|_|__CF_USER_TEXT_ENCODING)$/;
    const network = /_proxy$|CERT|CAFILE|CA_BUNDLE|CAINFO/i;
    const others = Object.keys(env).filter((name) => !allowed.test(name));
    expect(others.filter((name) => !network.test(name))).toEqual([]);
  });

  it('passes on what is named and sets what is given, which wins', async () => {
    expect(await seen({ passEnv: ['BATON_TEST_SECRET'] })).toMatchObject({
      BATON_TEST_SECRET: 'hunter2',
    });
    const both = { passEnv: ['BATON_TEST_SECRET'], env: { BATON_TEST_SECRET: 'x', MINE: 'y' } };
    expect(await seen(both)).toMatchObject({ BATON_TEST_SECRET: 'x', MINE: 'y' });
  });
});

describe('a command that cannot be started', () => {
  it('is refused by the name of the missing program and the PATH that was searched', async () => {
    const error = await failure(run(['no-such-program-here'], { env: { PATH: '/nowhere' } }));
    expect(error).toMatchObject({ code: 'invalid_input', retryable: false });
    expect(error.message).toContain("'no-such-program-here'");
    expect(error.message).toContain('PATH (/nowhere)');
  });

  it('is refused when argv is empty, is no executable or holds NUL', async () => {
    writeFileSync(join(cwd, 'plain'), 'text');
    chmodSync(join(cwd, 'plain'), 0o644);
    for (const [argv, problem] of [
      [[], 'begin with the name of a program'],
      [[''], 'begin with the name of a program'],
      [['./plain'], 'not an executable file'],
      [['./missing'], 'no such file'],
      [['echo', 'a\0b'], 'null bytes'],
    ] as const) {
      const error = await failure(run(argv));
      expect(error.code).toBe('invalid_input');
      expect(error.message).toContain(problem);
    }
  });

  it('is refused by the name of the missing folder', async () => {
    const error = await failure(run(['echo'], { cwd: join(cwd, 'gone') }));
    expect(error).toMatchObject({ code: 'invalid_input' });
    expect(error.message).toContain(join(cwd, 'gone'));
  });
});

/** A shell whose grandchild ignores SIGTERM, holds stdout and writes its pid to `pid`. */
const stubborn = sh(`
  trap '' TERM
  sh -c 'trap "" TERM; echo $$ > pid; while :; do sleep 0.1; done' &
  wait
`);

describe('ending a command', () => {
  it('kills the group after the timeout, grandchildren that ignore SIGTERM included', async () => {
    const running = run(stubborn, { timeoutMs: 8000 });
    const grandchild = await pidIn('pid');
    expect(isAlive(grandchild)).toBe(true);
    expect(await running).toMatchObject({ timedOut: true, exitCode: null, signal: 'SIGKILL' });
    expect(isAlive(grandchild)).toBe(false);
  });

  it('lets a command clean up on SIGTERM, and has no exit code for it after a timeout', async () => {
    const script = `trap 'echo bye; exit 0' TERM; echo ready; while :; do sleep 0.05; done`;
    const result = await run(sh(script), { timeoutMs: 6000, graceMs: 60_000 });
    expect(result).toMatchObject({ timedOut: true, exitCode: null, stdout: 'ready\nbye\n' });
  });

  it('kills the group when the signal aborts, and says that it was cancelled', async () => {
    const controller = new AbortController();
    const running = failure(run(stubborn, { signal: controller.signal }));
    const grandchild = await pidIn('pid');
    controller.abort();
    expect(await running).toMatchObject({ code: 'cancelled' });
    expect(isAlive(grandchild)).toBe(false);
  });

  it('hands over what a command wrote that is cut off, and waits until that is kept', async () => {
    const controller = new AbortController();
    const kept: string[] = [];
    const running = failure(
      run(sh('echo half done; echo and worse >&2; exec sleep 30'), {
        signal: controller.signal,
        maxCombinedBytes: 1000,
        onStderrLine: () => setTimeout(() => controller.abort(), 50),
        async onCutOff({ combined, stdout }) {
          await Promise.resolve();
          kept.push(combined, stdout);
        },
      }),
    );
    const error = await running;
    expect(error).toMatchObject({ code: 'cancelled', message: "'sh' was cancelled" });
    expect(error.metadata['wrote']).toContain('half done');
    expect(kept).toEqual([expect.stringContaining('and worse'), 'half done\n']);
  });

  it('hands over what a command wrote whose talk fails', async () => {
    const kept: string[] = [];
    const talk = async ({ stdout }: CommandChannel) => {
      await once(stdout, 'data');
      throw new Error('what it says is no protocol');
    };
    const onCutOff = async ({ stdout }: { stdout: string }) => kept.push(stdout);
    await expect(run(sh('echo hello; exec sleep 30'), { talk, onCutOff })).rejects.toThrow(
      'what it says is no protocol',
    );
    expect(kept).toEqual(['hello\n']);
  });

  it('starts nothing when the signal has aborted before', async () => {
    // A missing program, because an attempt to start it would be visible.
    const error = await failure(run(['no-such-program-here'], { signal: AbortSignal.abort() }));
    expect(error.code).toBe('cancelled');
  });

  it('ends what a command leaves running in its group, and keeps its exit code', async () => {
    const script = `sh -c 'trap "" TERM; echo $$ > pid; while :; do sleep 0.1; done' &
      while [ ! -s pid ]; do sleep 0.02; done; exit 5`;
    const result = await run(sh(script));
    expect(result).toMatchObject({ exitCode: 5, timedOut: false });
    expect(isAlive(await pidIn('pid'))).toBe(false);
  });

  it('does not wait for a process outside its group that holds its stdout', async () => {
    const escaped = `require('node:child_process').spawn('sh', ['-c', 'echo $$ > pid; exec sleep 30'],
      { detached: true, stdio: ['ignore', 'inherit', 'inherit'] }).unref(); console.log('done')`;
    const result = await run(node(escaped));
    const pid = await pidIn('pid');
    expect(result).toMatchObject({ exitCode: 0, stdout: 'done\n' });
    expect(isAlive(pid)).toBe(true);
    process.kill(pid, 'SIGKILL');
  });

  it('takes a timeout beyond what timers can hold for a long one', async () => {
    expect(await run(['echo'], { timeoutMs: 2 ** 40 })).toMatchObject({ timedOut: false });
  });

  it('kills a running group when this process exits', async () => {
    const script = join(import.meta.dirname, 'run-command.ts');
    const program = `
      const { runCommand } = await import(${JSON.stringify(script)});
      const argv = ['sh', '-c', 'echo $$ > pid; exec sleep 30'];
      void runCommand({ argv, cwd: ${JSON.stringify(cwd)} });
      const { existsSync, readFileSync } = await import('node:fs');
      const file = ${JSON.stringify(join(cwd, 'pid'))};
      setInterval(() => existsSync(file) && readFileSync(file, 'utf8') && process.exit(0), 10);
    `;
    const argv = [process.execPath, '--conditions=baton-source', '--input-type=module'];
    const result = await run([...argv, '-e', program], { timeoutMs: WAIT_MS });
    expect(result).toMatchObject({ exitCode: 0 });
    const pid = await pidIn('pid');
    await expect.poll(() => isAlive(pid)).toBe(false);
  });
});
