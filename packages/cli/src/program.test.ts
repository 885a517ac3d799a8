import { Readable, Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { CommandContext } from './command-context.ts';
import { createProgram } from './program.ts';

function createContext() {
  let written = '';
  const stream = new Writable({
    write(chunk, _encoding, done) {
      written += chunk;
      done();
    },
  });
  const context: CommandContext = {
    stdin: Readable.from([]),
    stdout: stream,
    stderr: stream,
    env: {},
    cwd: '/',
    invocation: 'npx -y pnpm@12 baton',
    exit: () => undefined,
    leave(code) {
      throw new Error(`left with ${code}`);
    },
    onInterrupt: () => () => undefined,
    maskErrors: () => undefined,
    interrupt: () => undefined,
  };
  return { context, written: () => written };
}

const program = await createProgram(createContext().context, '1.2.3', []);
const commands = program.commands.map((one) => one.name());

describe('--help', () => {
  it.each(commands)('of %s has examples and the exit codes', async (name) => {
    const { context, written } = createContext();
    const program = await createProgram(context, '1.2.3', [name, '--help']);
    await expect(program.parseAsync([name, '--help'], { from: 'user' })).rejects.toMatchObject({
      exitCode: 0,
    });
    expect(written()).toMatch(new RegExp(`Examples:\n.*npx -y pnpm@12 baton ${name}`));
    expect(written()).not.toMatch(/(?<!pnpm@12 )baton (run|resume|answer|approve)/);
    expect(written()).toContain("6    the build waits in 'error'");
    expect(written()).toContain('7    the build waits for a person');
    expect(written()).toContain('--json');
  });

  it('names every command', async () => {
    expect(commands).toEqual([
      'init',
      'doctor',
      'run',
      'resume',
      'take',
      'prune',
      'demo',
      'worker',
      'serve',
      'conformance',
      'mcp',
      'start',
      'advance',
      'status',
      'request-retry',
      'history',
      'rollback',
      'cancel',
      'answer',
      'approve',
      'token',
      'stats',
      'usage',
      'list',
      'whoami',
      'artifacts',
      'logs',
      'console',
      'watch',
      'definition',
      'audit',
      'config-schema',
      'export',
      'import',
      'migrate',
      'keys',
      'webhooks',
    ]);
  });
});

describe('--version', () => {
  it('prints the version', async () => {
    const { context, written } = createContext();
    const program = await createProgram(context, '1.2.3', ['--version']);
    await expect(program.parseAsync(['--version'], { from: 'user' })).rejects.toMatchObject({
      exitCode: 0,
    });
    expect(written()).toBe('1.2.3\n');
  });
});
