import { expect, it } from 'vitest';
import { startServer } from '../interop/start-server.ts';
import { bundle } from './bundle.ts';

it('the browser entry bundles without any module of Node, and works as one file', async () => {
  const text = await bundle();
  expect(text).not.toMatch(/from\s*["']node:/);
  const { createBatonClient } = await import(
    `data:text/javascript;base64,${Buffer.from(text).toString('base64')}`
  );
  const { httpUrl: baseUrl } = await startServer();
  for (const protocol of ['connect', 'grpc-web']) {
    const client = createBatonClient({ baseUrl, protocol });
    const started = await client.start({
      projectId: 'p',
      buildId: protocol,
      userId: 'u',
      requirements: {},
    });
    expect(started).toMatchObject({ state: 'discovery', role: 'q_assistant' });
  }
  expect(() => createBatonClient({ baseUrl, protocol: 'grpc' })).toThrow(
    "protocol 'grpc' does not work in a browser; expected connect or grpc-web",
  );
});
