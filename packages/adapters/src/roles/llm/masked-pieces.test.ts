import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { maskedRole } from '@baton/core/internal';
import { describe, expect, it } from 'vitest';
import { createRedactor } from '../../secrets/create-redactor.ts';
import { createTestRepository } from '../../workspace/testing/test-repository.ts';
import { folderWorkspace } from '../testing/folder-workspace.ts';
import { assignmentOf, contextOf } from '../testing/perform.ts';
import { createLlmRole } from './llm-role.ts';
import { DONE, performRole } from './testing/perform-role.ts';
import type { SeenRequest } from './testing/script.ts';
import { placeIn } from './testing/tool-use.ts';
import { createTextProgress } from './text-progress.ts';
import { diffTool } from './tools/diff.ts';
import { runCommandTool } from './tools/run-command-tool.ts';

const SECRET = 'correct-horse-battery-staple';
/** Assembled at run time, so that secret scanners do not report it. */
const KEY = [
  ['-----BEGIN ', 'PRIVATE KEY-----'].join(''),
  ...Array.from({ length: 60 }, (_, at) => `MIIE${at}/${'kLmNoPqRsTuVwXyZ'.repeat(2)}`),
  ['-----END ', 'PRIVATE KEY-----'].join(''),
].join('\n');
const PARTS = /MIIE|kLmNoPqR|PRIVATE|correct|horse|staple/;
const redact = createRedactor({ values: [SECRET] });

describe('the words of a model', () => {
  it('show no part of a key, though they come in pieces and go in messages', () => {
    const heard: string[] = [];
    const { add, end } = createTextProgress({
      progress: (message) => heard.push(message),
      redact,
    });
    const text = `Look:\n${'a line\n'.repeat(100)}${KEY}\n${'a line\n'.repeat(100)}${SECRET}\nend`;
    for (let at = 0; at < text.length; at += 7) add(text.slice(at, at + 7));
    end('whole');
    expect(heard.length).toBeGreaterThan(2);
    expect(heard.join('\n')).not.toMatch(PARTS);
    expect(heard.at(-1)).toMatch(/\[secret\] end$/);
  });

  it('are dropped from the last line on where they are cut off', () => {
    const heard: string[] = [];
    const { add, end } = createTextProgress({
      progress: (message) => heard.push(message),
      redact,
    });
    for (const text of [`one\ntwo ${SECRET.slice(0, 12)}`, SECRET.slice(0, 12), `three\n`]) {
      add(text);
      end('cut');
    }
    add('four');
    end('whole');
    expect(heard).toEqual(['one', 'three', 'four']);
  });

  it('show no part of a key over several answers', async () => {
    const [first, ...rest] = [KEY.slice(0, 200), KEY.slice(200, 900), `${KEY.slice(900)}\nend`];
    const calls = [{ name: 'list', input: {} }];
    const { outcome, context } = await performRole({
      workspace: folderWorkspace(),
      redact,
      script: [
        { text: first as string, calls },
        ...rest.map((text) => ({ text, calls })),
        { calls: [DONE] },
      ],
    });
    await outcome;
    expect(context.heard.join('\n')).toContain('[secret]');
    expect(context.heard.join('\n')).not.toMatch(PARTS);
  });

  it('are masked in what is thrown before a model is asked', async () => {
    const model = {
      provider: 'anthropic',
      model: 'm',
      apiKey: SECRET,
      baseURL: 'http://127.0.0.1:9',
    } as const;
    const role = createLlmRole({
      role: 'code_writer',
      models: [model],
      retry: { tries: 1 },
      prompt: () => {
        throw new Error(`no ${SECRET}`);
      },
    });
    const masked = maskedRole(role, redact);
    await expect(masked.perform(assignmentOf(), contextOf())).rejects.toMatchObject({
      message: 'no [secret]',
    });
  });
});

describe('what tools answer', () => {
  it('shows no part of a secret where the output of a command is cut', async () => {
    const print = `const s = '.'.repeat(524288 - 14) + ${JSON.stringify(SECRET)} + '.'.repeat(600000);
      process.stdout.write(s); process.stderr.write(s)`;
    const tool = runCommandTool([{ name: 'print', argv: [process.execPath, '-e', print] }]);
    const seen: string[] = [];
    const spying = Object.assign((text: string) => redact(text), {
      stream: () => {
        const { add, end } = redact.stream();
        const see = (text: string) => {
          seen.push(text);
          return text;
        };
        return {
          add: (piece: string) => see(add(piece)),
          end: (piece?: string) => see(end(piece)),
        };
      },
    });
    const place = { ...placeIn(folderWorkspace()), redact: spying };
    expect(await tool.run({ name: 'print' }, place)).not.toMatch(PARTS);
    expect(seen.join('')).toContain('.[secret].');
  });

  it('names no tool by a part of a secret', async () => {
    const name = `${'x'.repeat(90)}${SECRET}`;
    const { outcome, server } = await performRole({
      workspace: folderWorkspace(),
      redact,
      script: [{ calls: [{ name, input: {} }] }, { calls: [DONE] }],
    });
    await outcome;
    const { body } = server.requests[1] as SeenRequest;
    const answered = JSON.stringify((body['messages'] as unknown[]).at(-1));
    expect(answered).toContain('there is no tool');
    expect(answered).not.toMatch(PARTS);
  });

  it('leaves files out of a diff that are too large to look for secrets in', async () => {
    const large = (middle: string) => `${`${'x'.repeat(99)}\n`.repeat(90_000)}${middle}\n`;
    const repository = createTestRepository({
      'now.txt': 'a\n',
      'before.txt': large(KEY),
      'kept.txt': `${'x\n'.repeat(200_000)}${KEY}\n${'x\n'.repeat(200_000)}`,
      'a.txt': 'a\n',
    });
    const opened = await repository.provider().open('w1', undefined);
    writeFileSync(join(opened.path, 'now.txt'), large(KEY));
    writeFileSync(join(opened.path, 'before.txt'), KEY.slice(200));
    writeFileSync(join(opened.path, 'kept.txt'), `${'x\n'.repeat(200_000)}${KEY.slice(200)}`);
    writeFileSync(join(opened.path, 'a.txt'), 'b\n');
    const shown = await diffTool.run({}, { ...placeIn(opened), redact });
    expect(shown).not.toMatch(PARTS);
    expect(shown).toContain('-a\n+b');
    expect(shown).toContain(
      '[now.txt: changed, and left out, for it is larger than 8388608 bytes]',
    );
    expect(shown).toContain('[before.txt: changed, and left out, for it is larger than');
    expect(shown).toContain('[kept.txt: changed, and left out, for it holds a secret]');
  });
});
