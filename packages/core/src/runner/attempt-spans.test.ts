import { expect, it } from 'vitest';
import { createMemoryStore } from '../memory/memory-store.ts';
import { createOrchestrator } from '../orchestrator/orchestrator.ts';
import type { RoleAdapter } from '../ports/role-adapter.ts';
import { createRecordedTelemetry } from '../testing/recorded-telemetry.ts';
import { aBuild } from '../testing/store-contract/harness.ts';
import { createRunner } from './runner.ts';

/** A runner of one role, of another process than the orchestrator. */
async function setUp(perform: RoleAdapter['perform']) {
  const begun = createRecordedTelemetry();
  const telemetry = createRecordedTelemetry();
  const source = createOrchestrator({ store: await createMemoryStore(), telemetry: begun });
  const roles = [{ role: 'q_assistant', perform }];
  const redact = (text: string) => text.replaceAll('hunter22', '[secret]');
  const runner = createRunner({ source, roles, telemetry, redact });
  await source.start(aBuild());
  const running = runner.run();
  await expect.poll(() => telemetry.named('perform q_assistant')[0]?.isEnded).toBe(true);
  await runner.stop(0);
  await running;
  const [attempt] = telemetry.named('perform q_assistant');
  return { attempt, telemetry, start: begun.named('start')[0] };
}

it('an attempt is a span in the trace of its build, with its outcome', async () => {
  const { attempt, start } = await setUp(async () => ({ kind: 'fail', reason: 'too hard' }));
  expect(attempt).toMatchObject({
    parent: start?.traceparent,
    options: { kind: 'consumer' },
    attributes: {
      ...{ 'baton.role': 'q_assistant', 'baton.state': 'discovery', 'baton.attempt': 1 },
      'baton.outcome': 'fail',
    },
  });
  expect(JSON.stringify(attempt)).not.toContain('too hard');
});

it('what a role traces is below its attempt, also where secrets are masked', async () => {
  const { attempt, telemetry } = await setUp(async (_, context) => {
    context.telemetry?.startSpan('chat').end();
    return { kind: 'fail', reason: 'too hard' };
  });
  expect(telemetry.named('chat')[0]?.parent).toBe(attempt?.traceparent);
});

it('an attempt that throws says so by a code, and ends', async () => {
  const { attempt } = await setUp(async () => Promise.reject(new Error('hunter22 is wrong')));
  expect(attempt?.attributes).toMatchObject({
    'baton.outcome': 'failed',
    'error.type': 'internal',
  });
  expect(JSON.stringify(attempt)).not.toContain('hunter22');
});
