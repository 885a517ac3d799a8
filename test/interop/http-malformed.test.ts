import { expect, it } from 'vitest';
import { startServer } from './start-server.ts';

it('the HTTP+JSON routes say what is no message as every protocol does', async () => {
  const { httpUrl } = await startServer();
  const send = async (body: Uint8Array | string) => {
    const response = await fetch(`${httpUrl}/api/workflows/p/start`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: typeof body === 'string' ? body : Buffer.from(body),
    });
    return { status: response.status, ...((await response.json()) as object) };
  };
  for (const [body, field] of [
    ['{"buildId":', ''],
    ['[]', ''],
    [new Uint8Array([0x22, 0xff, 0x22]), ''],
    ['{"buildId":5}', 'buildId'],
    ['{"build_id":"a","buildId":"a"}', 'buildId'],
    ['{"buildId":"a","buildId":"a"}', 'buildId'],
    ['{"definition":{"zz":1}}', 'definition.zz'],
    [`{"requirements":${'{"a":'.repeat(70)}1${'}'.repeat(70)}}`, `requirements${'.a'.repeat(64)}`],
  ] as const) {
    expect(await send(body)).toMatchObject({
      status: 400,
      code: 'invalid_input',
      detail: expect.stringContaining('not a baton.v1.StartWorkflowRequest: '),
      violations: [{ field }],
    });
  }
  expect(await send(`{"requirements":{"a":[${'1,'.repeat(30_000)}1]}}`)).toMatchObject({
    status: 413,
    code: 'limit_exceeded',
  });
});
