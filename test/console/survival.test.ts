import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAccess, createApiKeys, createKeyAuthenticator } from '@baton/server';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startTcpProxy } from '../../packages/adapters/src/testing/tcp-proxy.ts';
import { hasBrowser } from '../browser.ts';
import { startServer, TIMEOUT } from '../cli/harness.ts';
import { clientOf } from '../cli/workers.ts';
import { openConsolePage } from './console-page.ts';
import { beginBuild, beginMany, claimOf, createConsoleFixture } from './fixture.ts';

const isThere = hasBrowser('what the console survives');
const QUESTION = 'Which colours?';

describe.runIf(isThere)('a page with typed text', TIMEOUT, () => {
  it('goes on with a server that was killed and has been started again', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'baton-console-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const database = `sqlite:${join(folder, 'baton.db')}`;
    const first = await startServer('0', database);
    const client = clientOf(first.address);
    onTestFinished(() => client.close());
    const asked = { projectId: 'shop', buildId: 'b1', userId: 'ada', requirements: {} };
    const { workflowId } = await client.start(asked);
    const terms = { worker: 'w', roles: ['q_assistant'], leaseMs: 3_600_000 };
    const { claim } = await client.claim({ workflowId, ...terms });
    await client.ask({ workflowId, claimToken: claim.token, questions: [{ text: QUESTION }] });
    const page = await openConsolePage(`${first.address}/console/inbox/${workflowId}`);
    const answer = page.getByRole('textbox', { name: 'Answer' });
    await answer.fill('dark blue');
    await page.getByLabel('Your name').fill('grace');
    await first.kill();
    await page.getByText(/^Not live: last updated/).waitFor();
    expect(await page.getByRole('status').getByText('Live').count()).toBe(0);
    const second = await startServer(first.port, database);
    onTestFinished(second.kill);
    await page.getByRole('status').getByText('Live').waitFor();
    expect(await answer.inputValue()).toBe('dark blue');
    await page.getByRole('button', { name: 'Answer' }).click();
    await page.getByText('Nothing waits in this build any more').waitFor();
    const { questions } = await client.status({ workflowId });
    expect(questions).toMatchObject([{ answer: { text: 'dark blue', answeredBy: 'grace' } }]);
    expect(page.faults).toEqual([]);
  });

  it('keeps it in every form over a reload', async () => {
    const fixture = await createConsoleFixture();
    const { asking, deciding, failed } = await beginMany(fixture);
    const page = await openConsolePage(fixture.url);
    for (const [path, ...labels] of [
      ['start', 'Project', 'Build', 'What to build'],
      [`builds/${failed}?do=retry`, 'What must be done differently'],
      [`builds/${failed}?do=rollback`, 'Reason'],
      [`builds/${asking}?do=cancel`, 'Reason'],
      [`inbox/${asking}`, 'Answer'],
      [`inbox/${deciding}`, 'Reason'],
    ] as const) {
      await page.goto(fixture.url + path);
      const fields = labels.map((label) => page.getByRole('textbox', { name: label, exact: true }));
      for (const field of fields) await field.pressSequentially(`half a sen ${path}`);
      await page.reload();
      for (const field of fields) {
        await field.waitFor();
        expect(await field.inputValue()).toBe(`half a sen ${path}`);
      }
    }
    expect(page.faults).toEqual([]);
  });

  it('stays under the sign-in when its key has expired', async () => {
    const { baton, documents, url } = await createConsoleFixture((documents) => ({
      access: createAccess([createKeyAuthenticator(documents)]),
    }));
    const workflowId = await asks(baton);
    let aheadMs = 0;
    const keys = createApiKeys({ documents, now: () => Date.now() + aheadMs });
    const grant = { projects: '*' as const, permissions: ['read' as const, 'decide' as const] };
    // Valid for the seconds that the page needs to be there.
    aheadMs = 6_000 - 60_000;
    const short = await keys.create({ name: 'grace', grant, expiresInMs: 60_000 });
    aheadMs = 0;
    const page = await openConsolePage(`${url}inbox/${workflowId}#key=${short.secretKey}`);
    const answer = page.getByRole('textbox', { name: 'Answer' });
    await answer.fill('dark blue');
    const dialog = page.getByRole('dialog', { name: 'Sign in' });
    await dialog.waitFor();
    expect(await answer.inputValue()).toBe('dark blue');
    const long = await keys.create({ name: 'grace', grant, expiresInMs: 3_600_000 });
    await dialog.getByLabel('API key or token').fill(long.secretKey);
    await page.keyboard.press('Enter');
    await dialog.waitFor({ state: 'hidden' });
    expect(await answer.inputValue()).toBe('dark blue');
    await page.getByRole('button', { name: 'Answer' }).click();
    await page.getByText('Nothing waits in this build any more').waitFor();
    expect(page.faults).toEqual([]);
  });
});

describe.runIf(isThere)('a page behind a network', TIMEOUT, () => {
  it('is not taken for live while its connections are cut, and is again afterwards', async () => {
    const { baton, url } = await createConsoleFixture();
    let isCut = false;
    const proxy = await startTcpProxy(portOf(url), () => (isCut ? undefined : {}));
    onTestFinished(() => proxy.close());
    const workflowId = await beginBuild(baton, { buildId: 'b1' });
    const page = await openConsolePage(`${through(url, proxy.port)}builds/${workflowId}`);
    await page.getByText('Started in discovery').waitFor();
    isCut = true;
    proxy.fallSilent();
    await page.getByText(/^Not live: last updated/).waitFor();
    await fail(baton, workflowId);
    isCut = false;
    await page.getByText('Failed in discovery: role failed').waitFor();
    await page.getByRole('status').getByText('Live').waitFor();
    expect(page.faults).toEqual([]);
  });

  it('hears of what happens when its open connections fall silent and new ones work', async () => {
    const { baton, url } = await createConsoleFixture(() => ({ heartbeatSeconds: 1 }));
    const proxy = await startTcpProxy(portOf(url));
    onTestFinished(() => proxy.close());
    const workflowId = await beginBuild(baton, { buildId: 'b1' });
    const page = await openConsolePage(`${through(url, proxy.port)}builds/${workflowId}`);
    await page.getByText('Started in discovery').waitFor();
    await page.getByRole('status').getByText('Live').waitFor();
    proxy.fallSilent();
    await fail(baton, workflowId);
    await page.getByText('Failed in discovery: role failed').waitFor();
    await page.getByRole('status').getByText('Live').waitFor();
  });
});

type Baton = Parameters<typeof beginBuild>[0];

async function asks(baton: Baton): Promise<string> {
  const workflowId = await beginBuild(baton, { buildId: 'b1' });
  const claimToken = await claimOf(baton, workflowId, 'q_assistant');
  await baton.ask({ workflowId, claimToken, questions: [{ text: QUESTION }] });
  return workflowId;
}

async function fail(baton: Baton, workflowId: string): Promise<void> {
  await baton.advance({
    ...{ workflowId, role: 'q_assistant', completedState: 'discovery', nextState: 'error' },
    result: { reason: 'nothing to do' },
  });
}

function portOf(url: string): number {
  return Number(new URL(url).port);
}

function through(url: string, port: number): string {
  return url.replace(/:\d+\//, `:${port}/`);
}
