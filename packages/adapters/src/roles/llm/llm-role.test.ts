import { describe, expect, it } from 'vitest';
import { folderWorkspace } from '../testing/folder-workspace.ts';
import { DONE, performRole } from './testing/perform-role.ts';

describe.each(['anthropic', 'openai', 'openai-chat', 'openai-compatible', 'google'] as const)(
  'a role over %s',
  (provider) => {
    it('works with its tools, hands over, and tells what it did and used', async () => {
      const workspace = folderWorkspace({ 'theme.css': 'body {}\n' });
      const { outcome, context, server } = await performRole({
        provider,
        workspace,
        model: { price: { input: 2, cachedInput: 0.5, output: 10 } },
        script: [
          {
            text: 'I look at the theme.\nThen I write.',
            calls: [{ name: 'read', input: { path: 'theme.css' } }],
            usage: { input: 1000, cached: 400, output: 50, reasoning: 30 },
          },
          {
            calls: [
              {
                name: 'edit',
                input: { path: 'theme.css', old: 'body {}', new: 'body { color: white }' },
              },
            ],
          },
          { calls: [DONE], usage: { input: 1200, output: 20 } },
        ],
      });
      expect(await outcome).toEqual({ kind: 'advance', result: DONE.input });
      expect(workspace.read('theme.css')).toBe('body { color: white }\n');
      expect(context.heard).toEqual([
        'I look at the theme. Then I write.',
        'read theme.css',
        'edit theme.css',
      ]);
      expect(server.requests[1]?.text).toContain('1\\tbody {}');
      expect(context.used).toHaveLength(3);
      expect(context.used[0]).toEqual({
        requests: 1,
        inputTokens: 1000,
        cachedInputTokens: 400,
        outputTokens: 50,
        reasoningTokens: 30,
        cost: (600 * 2 + 400 * 0.5 + 50 * 10) / 1_000_000,
        unpricedRequests: 0,
      });
    });
  },
);

describe('the conversation with a model', () => {
  const messagesOf = (content: unknown) =>
    String(content)
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));

  it('is kept as lines of JSON, masked', async () => {
    const workspace = folderWorkspace({ 'theme.css': 'body {}\n' });
    const { outcome, context } = await performRole({
      workspace,
      script: [
        { text: 'I look, s3cret.', calls: [{ name: 'read', input: { path: 'theme.css' } }] },
        { calls: [DONE] },
      ],
      redact: (text: string) => text.replaceAll('s3cret', '***'),
    });
    await outcome;
    const [kept, ...others] = context.kept;
    expect(others).toEqual([]);
    expect(kept).toMatchObject({
      kind: 'transcript',
      name: 'conversation.jsonl',
      mediaType: 'application/jsonl',
    });
    const messages = messagesOf(kept?.content);
    expect(messages.map(({ role }) => role)).toEqual([
      ...['system', 'user', 'assistant', 'tool', 'assistant'],
    ]);
    expect(JSON.stringify(messages[2])).toContain('I look, ***.');
    expect(JSON.stringify(messages[3])).toContain('1\\tbody {}');
    expect(kept?.content).not.toContain('s3cret');
  });

  it('is kept, too, when it comes to nothing', async () => {
    const { outcome, context } = await performRole({
      workspace: folderWorkspace({ 'theme.css': 'body {}\n' }),
      script: [{ text: 'I look.', calls: [{ name: 'read', input: { path: 'theme.css' } }] }],
      options: { maxSteps: 1 },
    });
    await expect(outcome).rejects.toMatchObject({ code: 'limit_exceeded' });
    expect(messagesOf(context.kept[0]?.content)).toHaveLength(4);
  });
});
