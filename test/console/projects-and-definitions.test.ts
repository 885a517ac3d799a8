import {
  buildDefinition,
  createMemoryStore,
  createOrchestrator,
  defineWorkflow,
} from '@baton/core';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { hasBrowser } from '../browser.ts';
import { TIMEOUT } from '../cli/harness.ts';
import { startServer } from '../interop/start-server.ts';
import { openConsolePage } from './console-page.ts';
import { beginBuild, beginMany, claimOf, createConsoleFixture } from './fixture.ts';

const isThere = hasBrowser('projects and definitions in the console');

describe.runIf(isThere)('a project', TIMEOUT, () => {
  it('has its numbers, its usage, and leads to the builds that they count', async () => {
    const fixture = await createConsoleFixture();
    await beginMany(fixture);
    await beginBuild(fixture.baton, { projectId: 'blog', buildId: 'a-post' });
    const page = await openConsolePage(`${fixture.url}projects`);
    const shop = page.getByRole('row', { name: /^shop/ });
    await shop.getByText('Testing').waitFor();
    const cells = await shop.getByRole('cell').allTextContents();
    expect(cells.slice(0, 4)).toEqual(['4', '3', '0', '1']);
    await page.getByRole('link', { name: 'shop' }).click();
    await page.getByRole('heading', { name: 'shop' }).waitFor();
    const usage = page.getByRole('row', { name: /^Code writer/ }).first();
    await usage.waitFor();
    expect(await usage.textContent()).toContain('anthropic:claude');
    await page.getByText('Failed', { exact: true }).first().locator('..').getByRole('link').click();
    await page.getByRole('row', { name: /^import-of-orders/ }).waitFor();
    expect(new URL(page.url()).searchParams.toString()).toBe('project=shop&state=error');
    expect(await page.getByText('faster-search').count()).toBe(0);
    expect(page.faults).toEqual([]);
  });
});

describe.runIf(isThere)('a budget', TIMEOUT, () => {
  it('shows what is settled, what is reserved for the attempt under way, and the cap', async () => {
    const { baton, url } = await createConsoleFixture();
    const { workflowId } = await baton.start({
      ...{ projectId: 'shop', buildId: 'b1', userId: 'ada', requirements: {} },
      budgets: { tokens: 50_000, phases: { planning: { tokens: 30_000 } } },
    });
    const claimToken = await claimOf(baton, workflowId, 'q_assistant');
    const usage = {
      ...{ requests: 1, inputTokens: 11_000, cachedInputTokens: 0, outputTokens: 1_000 },
      ...{ reasoningTokens: 0, cost: 0.25, unpricedRequests: 0 },
    };
    await baton.advance({
      ...{ workflowId, role: 'q_assistant', completedState: 'discovery', claimToken, usage },
      result: { summary: 's', requirements: ['r'] },
    });
    const terms = { worker: 'w', roles: ['q_assistant'], leaseMs: 60_000 };
    await baton.claim({ workflowId, ...terms, reserve: { tokens: 8_000 } });
    const page = await openConsolePage(`${url}builds/${workflowId}/budget`);
    const row = async (name: RegExp) => {
      const found = page.getByRole('row', { name });
      await found.waitFor();
      return (await found.getByRole('cell').allTextContents()).slice(0, 5);
    };
    await page.getByText('8.0k').first().waitFor();
    expect(await row(/^Discovery/)).toEqual(['12.0k', '–', '0', '–', '0.25']);
    expect(await row(/^Planning/)).toEqual(['0', '8.0k', '0', '30.0k', '0.00']);
    expect(await row(/^All phases/)).toEqual(['12.0k', '8.0k', '0', '50.0k', '0.25']);
    expect(page.faults).toEqual([]);
  });
});

describe.runIf(isThere)('a definition of one’s own', TIMEOUT, () => {
  it('is drawn from its own graph, with its gates, schemas and rules, and so are its builds', async () => {
    const article = defineWorkflow({
      name: 'article',
      version: 3,
      roles: {
        writer: { title: 'Writer', instructions: 'Write.' },
        editor: { title: 'Editor', instructions: 'Edit.' },
      },
      states: {
        draft: {
          phase: 'writer',
          output: z.looseObject({ words: z.int().positive() }),
          gates: [
            { name: 'long_enough', description: 'At least 100 words', check: () => undefined },
          ],
          to: 'desk',
        },
        desk: { handoff: ['writer', 'editor'], to: 'edit', retryTo: 'draft' },
        edit: { phase: 'editor', output: z.looseObject({}), to: 'published', retryTo: 'draft' },
        published: { final: true },
      },
      retries: [['edit', 'draft']],
      approvals: [{ from: 'edit', to: 'published', by: ['grace'] }],
    });
    const store = await createMemoryStore();
    const orchestrator = createOrchestrator({ store, definitions: [buildDefinition(), article] });
    const { httpUrl } = await startServer({ orchestrator });
    const { workflowId } = await orchestrator.start({
      ...{ projectId: 'magazine', buildId: 'issue-1', userId: 'ada', requirements: {} },
      definition: { name: 'article' },
    });
    await orchestrator.advance({
      workflowId,
      role: 'writer',
      completedState: 'draft',
      result: { words: 800 },
    });
    const page = await openConsolePage(`${httpUrl}/console/definitions`);
    await page
      .getByRole('img', { name: /^Graph of the 12 states of the definition build/ })
      .waitFor();
    await page.getByRole('link', { name: 'article' }).click();
    await page
      .getByRole('img', { name: /^Graph of the 5 states of the definition article/ })
      .waitFor();
    for (const text of [
      'Version 3',
      'At least 100 words',
      'Edit → Published needs the approval of grace',
    ]) {
      await page.getByText(text).first().waitFor();
    }
    await page.getByText('Output schema').first().click();
    await page.getByText('"words"').first().waitFor();
    await page.goto(`${httpUrl}/console/builds/${workflowId}`);
    const walked = page.getByRole('img', { name: /Entered: Draft, Desk\. Now in Desk\.$/ });
    await walked.waitFor();
    expect(await walked.textContent()).toContain('Published');
    expect(page.faults).toEqual([]);
  });
});
