import { expect, it } from 'vitest';
import { hasBrowser } from '../browser.ts';
import { startServer } from '../interop/start-server.ts';
import { bundle } from './bundle.ts';
import { openPage, servePage } from './script-page.ts';

const isThere = hasBrowser('the client in a real page');

/** Runs in the page. */
async function useClient({
  baseUrl,
  protocol,
}: {
  baseUrl: string;
  protocol: 'connect' | 'grpc-web';
}) {
  const { loaded: baton } = globalThis as unknown as { loaded: typeof import('@baton/client') };
  const client = baton.createBatonClient({ baseUrl, protocol, retries: 0 });
  try {
    const start = { projectId: 'p', buildId: protocol, userId: 'u', requirements: { ü: [1] } };
    const { workflowId } = await client.start(start);
    const events = [];
    for await (const { type } of client.watch({ workflowId, follow: false })) events.push(type);
    const missing = await client.status({ workflowId: 'none' }).catch(({ code }) => code);
    const stats = await fetch(`${baseUrl}/api/workflows/project/p/stats`);
    const sent = new EventSource(`${baseUrl}/api/workflows/${workflowId}/events`);
    const first = await new Promise<string>((resolve) => {
      sent.onmessage = ({ lastEventId }) => resolve(lastEventId);
    });
    sent.close();
    return { events, missing, stats: stats.status, first };
  } catch (reason) {
    return { code: (reason as { code: string }).code };
  }
}

it.runIf(isThere)(
  'a page of a welcome origin uses the client, the routes and the events',
  async () => {
    const origin = await servePage(await bundle());
    const { httpUrl: baseUrl } = await startServer({ corsOrigins: [origin] });
    const page = await openPage(origin);
    for (const protocol of ['connect', 'grpc-web'] as const) {
      expect(await page.evaluate(useClient, { baseUrl, protocol })).toEqual({
        events: ['workflow_started'],
        missing: 'not_found',
        stats: 200,
        first: '1',
      });
    }
  },
);

it.runIf(isThere)('a page that is not welcome gets nothing', async () => {
  const origin = await servePage(await bundle());
  const { httpUrl: baseUrl } = await startServer({ corsOrigins: ['https://other.example'] });
  const page = await openPage(origin);
  const found = await page.evaluate(useClient, { baseUrl, protocol: 'connect' as const });
  expect(found).toEqual({ code: 'unavailable' });
});
