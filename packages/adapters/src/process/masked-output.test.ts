import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createCommandRole } from '../roles/command/command-role.ts';
import { failure } from '../roles/testing/failure.ts';
import { assignmentOf, contextOf } from '../roles/testing/perform.ts';
import { createRedactor } from '../secrets/create-redactor.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { type RunCommandOptions, runCommand } from './run-command.ts';

const SECRET = 'correct-hörse-battery-staple';
/** Assembled at run time, so that secret scanners do not report it. */
const KEY = [
  ['-----BEGIN ', 'PRIVATE KEY-----'].join(''),
  ...Array.from({ length: 900 }, (_, at) => `MIIE${at}/${'kLmNoPqRsTuVwXyZ'.repeat(2)}`),
  ['-----END ', 'PRIVATE KEY-----'].join(''),
].join('\n');
const PARTS = /MIIE|kLmNoPqR|PRIVATE|correct|rse-bat|staple/;
const redact = createRedactor({ values: [SECRET] });

/** A program that has `SECRET` and `KEY`, and `write(stream, ...pieces)`, which waits in between. */
const program = (code: string): string[] => [
  process.execPath,
  '-e',
  `const SECRET = ${JSON.stringify(SECRET)}, KEY = ${JSON.stringify(KEY)};
   const write = async (stream, ...pieces) => {
     for (const piece of pieces) {
       await new Promise((resolve) => stream.write(piece, resolve));
       await new Promise((resolve) => setTimeout(resolve, 20));
     }
   };
   (async () => { ${code} })()`,
];

const run = (code: string, options: Partial<RunCommandOptions> = {}) =>
  runCommand({ argv: program(code), cwd: temporaryFolder(), redact, ...options });

describe('the output of a command', () => {
  it('shows no secret that comes in pieces, cut even within a character', async () => {
    const heard: string[] = [];
    const code = `
      const bytes = Buffer.from('a ' + SECRET + ' b\\n');
      const pieces = [bytes.subarray(0, 5), bytes.subarray(5, 12), bytes.subarray(12)];
      await write(process.stdout, ...pieces);
      await write(process.stderr, ...pieces);`;
    const result = await run(code, { onStderrLine: (line) => heard.push(line) });
    expect(result.stdout).toBe('a [secret] b\n');
    expect(result.stderr).toBe('a [secret] b\n');
    expect(heard).toEqual(['a [secret] b']);
    expect(result.outputTail).toBe('a [secret] b\na [secret] b\n');
  });

  it('shows no part of a secret where it is cut', async () => {
    for (let before = 150; before < 260; before += 7) {
      const code = `
        const text = '.'.repeat(${before}) + SECRET + '.'.repeat(400) + SECRET + '.'.repeat(${before});
        process.stdout.write(text);
        process.stderr.write(text);`;
      const { stdout, stderr, truncated } = await run(code, { maxOutputBytes: 400 });
      expect(truncated).toBe(true);
      expect(stdout + stderr).not.toMatch(PARTS);
    }
  });

  it('shows no part of a key that is longer than what is kept', async () => {
    const code = `process.stderr.write('a\\n' + KEY + '\\nb\\n'); process.stdout.write(KEY)`;
    const { stdout, stderr, outputTail } = await run(code, { maxOutputBytes: 4000 });
    for (const text of [stdout, stderr, outputTail]) expect(text).not.toMatch(PARTS);
    expect(stderr).toMatch(/^a\n\[secret\]\n+b\n$/);
  });

  it('shows no part of a secret that its writer was killed in', async () => {
    const code = `await write(process.stdout, 'a ' + SECRET.slice(0, -2)); process.kill(process.pid, 9)`;
    expect((await run(code)).stdout).toBe('a [secret]');
  });

  it('shows no secret that is coloured, however the colours come', async () => {
    const heard: string[] = [];
    const code = `
      const text = '\\u001b[1m' + SECRET.slice(0, 9) + '\\u001b[31;1m' + SECRET.slice(9) + '\\u001b[0m\\n';
      for (const at of [2, 14, 15, 16, 18, 19]) {
        await write(process.stderr, text.slice(0, at), text.slice(at));
      }`;
    const { stderr } = await run(code, { onStderrLine: (line) => heard.push(line) });
    expect(heard).toEqual(Array(6).fill('[secret]'));
    expect(stderr).toBe('[secret]\n'.repeat(6));
  });

  it('has the digest of what was really written', async () => {
    const { outputDigest } = await run(`process.stdout.write(SECRET)`);
    const hash = (data: Buffer | string) => createHash('sha256').update(data).digest();
    const digest = hash(Buffer.concat([hash(SECRET), hash('')])).toString('hex');
    expect(outputDigest).toBe(digest);
  });

  it('can keep stdout as it is, for a program to read, and shows none of it elsewhere', async () => {
    const code = `process.stdout.write(KEY + SECRET)`;
    const { stdout, outputTail } = await run(code, { rawStdout: true });
    expect(stdout).toBe(KEY + SECRET);
    expect(outputTail).not.toMatch(PARTS);
  });

  it('is masked line by line by what knows no streams', async () => {
    const heard: string[] = [];
    await run(`await write(process.stderr, 'x SEC', 'RET y\\nz')`, {
      redact: (text) => text.replaceAll('SECRET', '***'),
      onStderrLine: (line) => heard.push(line),
    });
    expect(heard).toEqual(['x *** y', 'z']);
  });
});

describe('a role that is a command', () => {
  const perform = (code: string, context = contextOf()) =>
    createCommandRole({ role: 'code_writer', argv: program(code) }).perform(assignmentOf(), {
      ...context,
      redact,
    });

  it('lets no line of a key out as progress', async () => {
    const context = contextOf();
    const code = `
      for (const line of ['begins', ...KEY.split('\\n'), 'ends']) process.stderr.write(line + '\\n');
      console.log(JSON.stringify({ kind: 'fail', reason: KEY }));`;
    const outcome = await perform(code, context);
    expect(context.heard).toEqual(['begins', '[secret]', 'ends']);
    // The runner masks the outcome, because it is not truncated.
    expect(outcome).toEqual({ kind: 'fail', reason: KEY });
  });

  it.each([
    ['stderr', `process.stderr.write(SECRET + '.'.repeat(1985)); process.exitCode = 1`],
    [
      'stderr after a key',
      `process.stderr.write(KEY + '\\n' + '.'.repeat(1000)); process.exitCode = 1`,
    ],
    ['stdout', `process.stdout.write('.'.repeat(185) + SECRET + '.'.repeat(100))`],
    ['coloured stdout', `process.stdout.write(SECRET.replace('-', '\\u001b[1m-'))`],
  ])('fails without a part of a secret in its message, from %s', async (_, code) => {
    const { message } = await failure(perform(code));
    expect(message).not.toMatch(PARTS);
    expect(message).toMatch(/\[secret\]|\.\.\./);
  });
});
