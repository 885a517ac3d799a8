import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { DONE, performRole } from '../roles/llm/testing/perform-role.ts';
import { failure } from '../roles/testing/failure.ts';
import { folderWorkspace } from '../roles/testing/folder-workspace.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { openModelCassette } from './model-cassette.ts';

const PROVIDERS = ['anthropic', 'openai', 'openai-chat', 'google', 'azure', 'bedrock'] as const;

const bedrock = {
  region: 'eu-central-1',
  credentials: { accessKeyId: 'the-id-of-ada', secretAccessKey: 'the-secret-of-ada' },
};

it.each(PROVIDERS)(
  'a role that a model of %s performs is rehearsed without it, and counts as it did',
  async (provider) => {
    const path = join(temporaryFolder(), 'models.json');
    const perform = (
      mode: 'record' | 'replay',
      script: Parameters<typeof performRole>[0]['script'],
    ) =>
      performRole({
        provider,
        script,
        workspace: folderWorkspace({ 'a.ts': 'one' }),
        model: provider === 'bedrock' ? { apiKey: undefined as never, ...bedrock } : {},
        // Its prompts have another fence each time.
        options: { nonce: undefined, cassette: { cassette: openModelCassette(path), mode } },
      });
    const recorded = await perform('record', [
      { calls: [{ name: 'list', input: {} }], usage: { input: 300, output: 40 } },
      { error: { status: 503, headers: { 'retry-after-ms': '1' } } },
      { calls: [DONE], usage: { input: 500, output: 60 } },
    ]);
    const outcome = await recorded.outcome;
    expect(outcome).toMatchObject({ kind: 'advance' });
    expect(recorded.waits).toEqual([1]);
    const replayed = await perform('replay', []);
    expect(await replayed.outcome).toEqual(outcome);
    expect(replayed.server.requests).toEqual([]);
    const counted = recorded.context.used.filter(({ inputTokens }) => inputTokens > 0);
    expect(counted).toHaveLength(2);
    expect(replayed.context.used).toEqual(counted);
    expect(readFileSync(path, 'utf8')).not.toMatch(/key-of-the-test|of-ada/);
  },
);

it('a role whose question was not recorded fails for good, and says what differs', async () => {
  const path = join(temporaryFolder(), 'models.json');
  const perform = (request: string, mode: 'record' | 'replay') =>
    performRole({
      script: [{ calls: [DONE] }],
      assignment: { requirements: { request } },
      options: { cassette: { cassette: openModelCassette(path), mode } },
    });
  await (await perform('a dark mode', 'record')).outcome;
  const { outcome, server } = await perform('a light mode', 'replay');
  const error = await failure(outcome);
  expect(error).toMatchObject({ code: 'invalid_input', retryable: false });
  expect(error.message).toMatch(
    /has no answer of anthropic:scripted \/v1\/messages for code_writer in implementation as asked; .* recorded .*a dark mode.*, found .*a light mode/,
  );
  expect(server.requests).toEqual([]);
});
