import { createRecordedTelemetry } from '@baton/core/testing';
import { expect, it } from 'vitest';
import { scriptedServer } from '../roles/llm/testing/scripted-server.ts';
import { openGateway } from './testing/open-gateway.ts';

const CHAT = { messages: [{ role: 'user', content: 'a secret plan' }] };
const KNOWN = { models: { m: {} } };

/** A gateway that was made within a span, as an attempt makes one. */
async function setUp(turns: Parameters<typeof scriptedServer>[1]) {
  const telemetry = createRecordedTelemetry();
  const server = await scriptedServer('openai-chat', turns);
  const attempt = telemetry.startSpan('perform code_writer');
  const opened = await telemetry.within(attempt, () =>
    openGateway(server.baseURL, { telemetry }, KNOWN),
  );
  const ask = async (model: string) =>
    (await opened.post('/v1/chat/completions', { ...CHAT, model })).text();
  return { telemetry, attempt, ask };
}

it('a call of an agent is a span of its attempt, with what it used and nothing of what was said', async () => {
  const { telemetry, attempt, ask } = await setUp([{ text: 'all is done' }]);
  await ask('m');
  const [chat, ...others] = telemetry.spans.slice(1);
  expect(others).toEqual([]);
  expect(chat).toMatchObject({
    ...{ name: 'chat m', parent: attempt.traceparent, isEnded: true, failure: undefined },
    attributes: {
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'm',
      'gen_ai.usage.input_tokens': 100,
      'gen_ai.usage.output_tokens': 20,
    },
  });
  const told = JSON.stringify(telemetry.spans);
  for (const said of ['secret plan', 'all is done']) expect(told).not.toContain(said);
});

it('a call that the provider refuses says so', async () => {
  const { telemetry, ask } = await setUp([
    { error: { status: 400, body: { error: { message: 'no' } } } },
  ]);
  await ask('m');
  expect(telemetry.spans.slice(1)).toMatchObject([{ isEnded: true, failure: 'unavailable' }]);
});

it('a model that is not configured is not named: its name is whatever the agent says', async () => {
  const { telemetry, ask } = await setUp([{ text: 'done' }]);
  await ask('sk-live-1234');
  expect(telemetry.spans.slice(1)).toMatchObject([{ name: 'chat other' }]);
  expect(JSON.stringify(telemetry.spans)).not.toContain('sk-live-1234');
});
