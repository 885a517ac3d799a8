import { BatonError } from '@baton/core';
import { describe, expect, it } from 'vitest';
import { folderWorkspace } from '../testing/folder-workspace.ts';
import { assignmentOf, contextOf } from '../testing/perform.ts';
import { type CommandRoleOptions, createCommandRole } from './command-role.ts';

const node = (code: string): string[] => [process.execPath, '-e', code];

/** A program that reads the assignment, runs `code` with it and writes `answer`. */
const program = (code: string): string[] =>
  node(`
    const assignment = JSON.parse(require('node:fs').readFileSync(0, 'utf8'));
    const answer = (outcome) => process.stdout.write(JSON.stringify(outcome));
    ${code}
  `);

function roleOf(argv: readonly string[], options: Partial<CommandRoleOptions> = {}) {
  return createCommandRole({ role: 'code_writer', argv, ...options });
}

async function refusal(
  argv: readonly string[],
  options: Partial<CommandRoleOptions> = {},
  context = contextOf(),
): Promise<BatonError> {
  try {
    await roleOf(argv, options).perform(assignmentOf(), context);
  } catch (reason) {
    expect(reason).toBeInstanceOf(BatonError);
    return reason as BatonError;
  }
  return expect.fail('expected it to be refused');
}

describe('a role that is a command', () => {
  it('gets the assignment on stdin and answers the outcome on stdout', async () => {
    const argv = program(`answer({ kind: 'advance', result: { saw: assignment } })`);
    const assignment = assignmentOf({ requirements: { request: 'Fünf Rollen' } });
    const outcome = await roleOf(argv).perform(assignment, contextOf());
    expect(outcome).toEqual({
      kind: 'advance',
      result: { saw: JSON.parse(JSON.stringify(assignment)) },
    });
  });

  it('may send the work back or give up', async () => {
    for (const outcome of [
      { kind: 'request_retry', reason: 'the plan has a gap', targetState: 'discovery' },
      { kind: 'fail', reason: 'out of scope' },
    ]) {
      const argv = program(`answer(${JSON.stringify(outcome)})`);
      expect(await roleOf(argv).perform(assignmentOf(), contextOf())).toEqual(outcome);
    }
  });

  it('reports its stderr as progress', async () => {
    const context = contextOf();
    const argv = program(`console.error('one\\ntwo'); answer({ kind: 'fail', reason: 'x' })`);
    await roleOf(argv).perform(assignmentOf(), context);
    expect(context.heard).toEqual(['one', 'two']);
  });

  it('has all that it wrote kept', async () => {
    const context = contextOf();
    const argv = program(`console.error('thinking'); answer({ kind: 'fail', reason: 'no' })`);
    await roleOf(argv).perform(assignmentOf(), context);
    expect(context.kept).toMatchObject([{ kind: 'transcript', name: process.execPath }]);
    const lines = String(context.kept[0]?.content);
    expect(lines).toContain('thinking\n');
    expect(lines).toContain('{"kind":"fail","reason":"no"}');
  });

  it('works in the workspace, or in a folder inside it, never outside', async () => {
    const workspace = folderWorkspace({ 'src/a.txt': 'a' });
    const argv = program(`answer({ kind: 'advance', result: { cwd: process.cwd() } })`);
    const at = async (cwd?: string) =>
      roleOf(argv, cwd === undefined ? {} : { cwd }).perform(assignmentOf(), contextOf(workspace));
    expect(await at()).toMatchObject({ result: { cwd: workspace.path } });
    expect(await at('src')).toMatchObject({ result: { cwd: `${workspace.path}/src` } });
    await expect(at('../')).rejects.toMatchObject({ code: 'invalid_input' });
  });
});

describe('an unusable answer', () => {
  it.each([
    ['nothing', '', 'wrote nothing to stdout'],
    [
      'text',
      'hello',
      'not one JSON document (not JSON: expected a value at line 1, column 1); found "hello"',
    ],
    ['text after the document', '{"kind":"fail","reason":"x"} done', 'not one JSON document'],
    ['two documents', '{"kind":"fail","reason":"x"}\n{}', 'not one JSON document'],
    ['half a document', '{"kind":"fail"', 'not one JSON document'],
    ['an unknown kind', '{"kind":"win"}', 'JSON that is not an outcome (kind: '],
    [
      'nested too deeply',
      `{"kind":"advance","result":{"x":${'['.repeat(9000)}${']'.repeat(9000)}}}`,
      '0.0.0: nested more than 64 deep',
    ],
    ['a missing reason', '{"kind":"fail"}', 'JSON that is not an outcome (reason: '],
    ['a result that is no object', '{"kind":"advance","result":[]}', '(result: expected a JSON'],
  ])('is refused for good when it is %s', async (_, stdout, problem) => {
    const argv = node(
      `process.stdout.write(${JSON.stringify(stdout)}); console.error('said on stderr')`,
    );
    const error = await refusal(argv);
    expect(error).toMatchObject({ code: 'invalid_input', retryable: false });
    expect(error.message).toContain(problem);
    expect(error.message).toContain('expected one JSON document');
    expect(error.message).toContain('{"kind": "ask"');
    expect(error.message).toContain('exit code 0; stderr: said on stderr');
    expect(error.message).toContain("role 'code_writer'");
  });

  it('is shown by its first 200 characters, without what no store could keep', async () => {
    const error = await refusal(node(`process.stdout.write('\\u001b[31m\\0' + 'x'.repeat(5000))`));
    expect(error.message).toContain(`x…"`);
    expect(error.message).not.toContain('x'.repeat(200));
    for (const character of ['\0', '\u001b']) expect(error.message).not.toContain(character);
  });

  it('is refused when it is longer than what is kept, though head and tail look well', async () => {
    const argv = program(`answer({ kind: 'fail', reason: 'x'.repeat(10_000) })`);
    const error = await refusal(argv, { maxOutputBytes: 1000 });
    expect(error).toMatchObject({ code: 'limit_exceeded', retryable: false });
    expect(error.message).toMatch(/\d+ bytes more to stdout than are kept/);
  });
});

describe('a command that fails', () => {
  const good = `answer({ kind: 'fail', reason: 'x' })`;

  it('is not tried again after a non-zero exit, whatever it wrote', async () => {
    const error = await refusal(program(`${good}; console.error('why'); process.exitCode = 2`));
    expect(error).toMatchObject({ code: 'invalid_input', retryable: false });
    expect(error.message).toContain('expected exit code 0; exit code 2; stderr: why');
  });

  it('is not tried again when a signal ended it, which is named', async () => {
    const error = await refusal(node(`process.kill(process.pid, 'SIGKILL')`));
    expect(error).toMatchObject({ code: 'invalid_input', retryable: false });
    expect(error.message).toContain('ended by SIGKILL; nothing on stderr');
  });

  it('is tried again after exit code 75', async () => {
    const error = await refusal(program(`${good}; process.exitCode = 75`));
    expect(error).toMatchObject({ code: 'unavailable', retryable: true });
  });

  it('is tried again after a timeout', async () => {
    const error = await refusal(['sleep', '30'], { timeoutMs: 100 });
    expect(error).toMatchObject({ code: 'deadline_exceeded', retryable: true });
  });

  it('is cancelled with its assignment', async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 100);
    const error = await refusal(['sleep', '30'], {}, contextOf(undefined, controller.signal));
    expect(error.code).toBe('cancelled');
  });

  it.each([
    ['cancelled', {}],
    ['deadline_exceeded', { timeoutMs: 1500 }],
  ])(
    'keeps what it wrote, and tells the end of it, when it is ended: %s',
    async (code, options) => {
      const controller = new AbortController();
      const context = contextOf(undefined, controller.signal);
      const heard = { ...context, progress: () => code === 'cancelled' && controller.abort() };
      const argv = ['sh', '-c', 'echo half done >&2; exec sleep 30'];
      const error = await roleOf(argv, options)
        .perform(assignmentOf(), heard)
        .then(() => expect.fail('expected it to be refused'), BatonError.from);
      expect(error.code).toBe(code);
      expect(`${error.message} ${error.metadata['wrote']}`).toContain('half done');
      expect(context.kept).toEqual([{ kind: 'transcript', name: 'sh', content: 'half done\n' }]);
    },
  );

  it('is refused when the program is missing', async () => {
    const error = await refusal(['no-such-program-here']);
    expect(error).toMatchObject({ code: 'invalid_input', retryable: false });
  });
});
