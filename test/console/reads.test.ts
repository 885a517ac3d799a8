import {
  buildDefinition,
  createMemoryStore,
  createOrchestrator,
  defineWorkflow,
  type JsonObject,
  type Orchestrator,
} from '@baton/core';
import { passingOutputs } from '@baton/core/testing';
import { ReadArtifactRequestSchema } from '@baton/proto';
import { fromBinary } from '@bufbuild/protobuf';
import type { Request } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { hasBrowser } from '../browser.ts';
import { TIMEOUT } from '../cli/harness.ts';
import { startServer } from '../interop/start-server.ts';
import { openConsolePage } from './console-page.ts';
import { DAMAGED_STREAM } from './damaged.ts';
import {
  beginBuild,
  beginMany,
  createConsoleFixture,
  keepArtifact,
  performUpTo,
} from './fixture.ts';

const isThere = hasBrowser('what people read in the console');

const BUILD = { projectId: 'shop', userId: 'ada' };

describe.runIf(isThere)('the request of a build', TIMEOUT, () => {
  it('stands in its head: text first, further fields folded', async () => {
    const { baton, url } = await createConsoleFixture();
    const requirements = { themes: ['light', 'dark'], request: 'Build me a dark mode' };
    const { workflowId } = await baton.start({
      ...{ ...BUILD, buildId: 'short', requirements, metadata: { ticket: 'SHOP-7' } },
    });
    const page = await openConsolePage(`${url}builds/${workflowId}`);
    const request = page.getByRole('region', { name: 'Request' });
    await request.getByText('Build me a dark mode', { exact: true }).waitFor();
    expect(await request.getByRole('button').count()).toBe(0);
    expect(await request.getByText('SHOP-7').isVisible()).toBe(false);
    await request.getByText('2 more fields').click();
    await request.getByText('SHOP-7').waitFor();
    expect(await request.getByRole('listitem').allTextContents()).toEqual(['light', 'dark']);
    expect(page.faults).toEqual([]);
  });

  it('hides no field, whatever it is called, and takes none for markup', async () => {
    const { baton, url } = await createConsoleFixture();
    const evidence = 'see <b>the ticket</b>';
    const { workflowId } = await baton.start({
      ...{ ...BUILD, buildId: '<img src=x>', requirements: { evidence } },
    });
    const page = await openConsolePage(`${url}builds/${workflowId}`);
    const request = page.getByRole('region', { name: 'Request' });
    await request.getByText(evidence).waitFor();
    expect(await page.locator('img[src="x"]').count()).toBe(0);
    const both = { requirements: { metadata: 'of the songs' }, metadata: { ticket: 'SHOP-7' } };
    const other = await baton.start({ ...BUILD, buildId: 'both', ...both });
    await page.goto(`${url}builds/${other.workflowId}`);
    await request.getByText('of the songs').first().waitFor();
    await request.getByText('SHOP-7').first().waitFor();
    expect(page.faults).toEqual([]);
  });

  it('is shown by its beginning where it is long, and whole to a person who wants it', async () => {
    const { baton, url } = await createConsoleFixture();
    const lines = Array.from({ length: 3_000 }, (_, n) => `${n}: the shop has a page for it`);
    const start = (buildId: string, request: string) =>
      baton.start({ ...BUILD, buildId, requirements: { request } });
    const long = await start('long', lines.slice(0, 100).join('\n'));
    const page = await openConsolePage(`${url}builds/${long.workflowId}`);
    const request = page.getByRole('region', { name: 'Request', exact: true }).first();
    await request.getByText('5: the shop').waitFor();
    expect(await request.textContent()).not.toContain('6: the shop');
    const button = request.getByRole('button', { name: 'Show all of the request' });
    expect(await button.getAttribute('aria-expanded')).toBe('false');
    await button.press('Enter');
    await request.getByText('99: the shop').waitFor();
    await request.getByRole('button', { name: 'Show less' }).click();
    await expect.poll(() => request.textContent()).not.toContain('99: the shop');
    // Of one with thousands of lines, those are in the page that are seen.
    const longest = await start('longest', lines.join('\n'));
    await page.goto(`${url}builds/${longest.workflowId}`);
    await request.getByRole('button', { name: 'Show all of the request' }).click();
    await request.getByText('8: the shop', { exact: false }).first().waitFor();
    expect(await request.textContent()).not.toContain('2999: the shop');
    expect(page.faults).toEqual([]);
  });

  it('is shown as it is where it has no text', async () => {
    const { baton, url } = await createConsoleFixture();
    const requirements = { theme: 'dark', steps: 3 };
    const { workflowId } = await baton.start({ ...BUILD, buildId: 'odd', requirements });
    const page = await openConsolePage(`${url}builds/${workflowId}`);
    const request = page.getByRole('region', { name: 'Request' });
    await request.getByText('dark', { exact: true }).waitFor();
    expect(page.faults).toEqual([]);
  });
});

describe.runIf(isThere)('the output of a command', TIMEOUT, () => {
  const text = Array.from({ length: 500 }, (_, n) => `line ${n} of the tests`).join('\n');

  it.each([
    { exitCode: 0, shown: 'line 0 of', hidden: 'line 499 of' },
    { exitCode: 1, shown: 'line 499 of', hidden: 'line 0 of' },
  ])('is open where it matters when it ended with $exitCode', async ({ exitCode, ...lines }) => {
    const fixture = await createConsoleFixture();
    const { baton, artifacts, url } = fixture;
    const workflowId = await beginBuild(baton, { buildId: 'run', upTo: 'testing' });
    await keepArtifact(fixture, workflowId, text);
    const [kept] = await artifacts.list({ workflowId, after: 0, limit: 1 });
    const record = {
      purpose: 'test',
      argv: ['npm', 'test'],
      exitCode,
      artifact: { digest: kept?.digest },
    };
    await keepArtifact(fixture, workflowId, JSON.stringify([record]), {
      ...{ kind: 'report', name: 'evidence.json', mediaType: 'application/json' },
    });
    const page = await openConsolePage(`${url}builds/${workflowId}/evidence`);
    await page.getByText(`exit ${exitCode}`).waitFor();
    const output = page.getByRole('region', { name: 'Output of test' });
    await output.getByText(lines.shown).waitFor();
    expect(await output.textContent()).not.toContain(lines.hidden);
    expect(page.faults).toEqual([]);
  });
});

describe.runIf(isThere)('an approval in the inbox', TIMEOUT, () => {
  it('says what the output says that waits, beside what was asked for', async () => {
    const store = await createMemoryStore();
    const approvals = [{ from: 'planning', to: 'handoff_to_coder', by: ['grace'] }] as const;
    const baton: Orchestrator = createOrchestrator({
      ...{ store, definitions: [buildDefinition({ approvals })] },
    });
    const { httpUrl } = await startServer({ orchestrator: baton });
    const requirements = { request: 'Build me a dark mode' };
    const { workflowId } = await baton.start({ ...BUILD, buildId: 'plan', requirements });
    const advance = (completedState: string, result: JsonObject) =>
      baton.advance({ workflowId, role: 'q_assistant', completedState, result });
    await advance('discovery', { ...passingOutputs.discovery, summary: 'A switch is wanted' });
    await advance('planning', { ...passingOutputs.planning, steps: ['Paint the moon'] });
    const page = await openConsolePage(`${httpUrl}/console/inbox/${workflowId}`);
    const waiting = page.getByRole('region', { name: 'Waits for approval' });
    await waiting.getByText('Paint the moon').waitFor();
    await waiting.getByText('Output of Planning, which waits for approval').waitFor();
    await page.getByRole('region', { name: 'Request' }).getByText('dark mode').waitFor();
    const before = page.getByRole('region', { name: 'Handed over last' });
    await before.getByText('A switch is wanted').waitFor();
    // The same move again, with another plan.
    await baton.rollback({ workflowId, targetState: 'planning', reason: 'again' });
    await advance('planning', { ...passingOutputs.planning, steps: ['Paint the sun'] });
    await waiting.getByText('Paint the sun').waitFor();
    expect(await waiting.textContent()).not.toContain('the moon');
    expect(page.faults).toEqual([]);
  });

  it('is open to approve once the diff itself was read', async () => {
    const fixture = await createConsoleFixture();
    const { deciding } = await beginMany(fixture);
    const page = await openConsolePage('about:blank');
    const approve = page.getByRole('button', { name: 'Approve' });
    // Nothing else is read as an artifact there.
    await page.route(/\/ReadArtifact/, () => undefined);
    await page.goto(`${fixture.url}inbox/${deciding}`);
    await page.getByText('Loading the diff').waitFor();
    expect(await approve.isDisabled()).toBe(true);
    await page.unrouteAll();
    await page.route(/\/ReadArtifact/, (route) => route.fulfill(DAMAGED_STREAM));
    await page.reload();
    const failed = page.getByRole('alert').filter({ hasText: 'The diff could not be read' });
    await failed.waitFor();
    expect(await approve.isDisabled()).toBe(true);
    await page.unrouteAll();
    await failed.getByRole('button', { name: 'Try again' }).click();
    await page.getByText('THEMES.includes(stored)').waitFor();
    await page.getByRole('button', { name: 'Approve', disabled: false }).waitFor();
    expect(page.faults).toEqual([]);
  });

  it('is not open to approve without a record of what was run', async () => {
    const fixture = await createConsoleFixture();
    const { deciding } = await beginMany(fixture);
    await keepArtifact(fixture, deciding, '[]', {
      ...{ kind: 'report', name: 'evidence.json', mediaType: 'application/json' },
    });
    const last = (await fixture.artifacts.list({ workflowId: deciding, after: 0, limit: 9 })).at(
      -1,
    );
    const page = await openConsolePage('about:blank');
    await page.route(/\/ReadArtifact/, (route) =>
      numberIn(route.request()) === last?.number ? route.fulfill(DAMAGED_STREAM) : route.continue(),
    );
    await page.goto(`${fixture.url}inbox/${deciding}`);
    await page.getByText('THEMES.includes(stored)').waitFor();
    await page.getByText('Some records of what was run could not be read').waitFor();
    await page.getByLabel('Approve without having seen what is missing').waitFor();
    expect(await page.getByRole('button', { name: 'Approve' }).isDisabled()).toBe(true);
    expect(page.faults).toEqual([]);
  });

  it('shows the output of the phase before a handoff once', async () => {
    const { baton, url } = await createConsoleFixture();
    const requirements = { request: 'Build me a dark mode' };
    const { workflowId } = await baton.start({ ...BUILD, buildId: 'release', requirements });
    await performUpTo(baton, workflowId, 'deployment', 'tree-one');
    const page = await openConsolePage(`${url}inbox/${workflowId}`);
    const waiting = page.getByRole('region', { name: 'Waits for approval' });
    await waiting.getByText('Output of Verification').waitFor();
    await page.getByRole('button', { name: 'Approve' }).waitFor();
    expect(await page.getByRole('region', { name: 'Handed over last' }).count()).toBe(0);
    expect(page.faults).toEqual([]);
  });
});

describe.runIf(isThere)('the projects', TIMEOUT, () => {
  it('are all there, in pages with an address each, and each with its numbers', async () => {
    const { baton, url } = await createConsoleFixture();
    const names = Array.from({ length: 120 }, (_, n) => `p-${String(n).padStart(3, '0')}`);
    for (const projectId of names) {
      await baton.start({ projectId, buildId: 'b', userId: 'ada', requirements: {} });
    }
    const page = await openConsolePage(`${url}projects`);
    const shown = async (first: string) => {
      await page.getByRole('link', { name: first, exact: true }).waitFor();
      return page.getByRole('rowheader').allTextContents();
    };
    const next = page.getByRole('link', { name: 'Next page' });
    expect(await shown('p-000')).toEqual(names.slice(0, 50));
    expect(await page.getByRole('link', { name: 'First page' }).count()).toBe(0);
    await next.click();
    expect(await shown('p-050')).toEqual(names.slice(50, 100));
    const second = page.url();
    await next.click();
    expect(await shown('p-100')).toEqual(names.slice(100));
    expect(await next.count()).toBe(0);
    const last = page.getByRole('row', { name: /^p-119/ });
    await expect.poll(() => last.getByRole('cell').first().textContent()).toBe('1');
    await page.goBack();
    expect(await shown('p-050')).toEqual(names.slice(50, 100));
    await page.goto(second);
    expect(await shown('p-050')).toEqual(names.slice(50, 100));
    await page.getByRole('link', { name: 'First page' }).click();
    expect(await shown('p-000')).toEqual(names.slice(0, 50));
    // One that is begun meanwhile comes by itself.
    await baton.start({ projectId: 'a-new', buildId: 'b', userId: 'ada', requirements: {} });
    expect((await shown('a-new'))[0]).toBe('a-new');
    expect(page.faults).toEqual([]);
  });
});

describe.runIf(isThere)('the definitions', TIMEOUT, () => {
  it('are listed without an error that names them, with the default and older versions', async () => {
    const article = (version: number) =>
      defineWorkflow({
        ...{ name: 'article', version },
        roles: { writer: { title: 'Writer', instructions: 'Write.' } },
        states: {
          draft: { phase: 'writer', output: z.looseObject({}), to: 'published' },
          published: { final: true },
        },
      });
    const store = await createMemoryStore();
    const definitions = [buildDefinition(), article(1), article(2)];
    const { httpUrl } = await startServer({
      orchestrator: createOrchestrator({ store, definitions }),
    });
    const page = await openConsolePage(`${httpUrl}/console/definitions`);
    const refused: string[] = [];
    page.on('response', (response) => {
      if (response.status() >= 400) refused.push(response.url());
    });
    await page.reload();
    const tabs = page.getByRole('navigation', { name: 'Definitions' });
    await tabs.getByRole('link', { name: 'build' }).waitFor();
    expect(await tabs.getByRole('link').allTextContents()).toEqual(['article', 'build']);
    expect(await tabs.locator('[aria-current]').textContent()).toBe('build');
    await page.getByText('Version 1, by which builds run that name no definition').waitFor();
    await tabs.getByRole('link', { name: 'article' }).click();
    await page.getByText('Version 2').waitFor();
    await page.getByRole('link', { name: 'version 1' }).click();
    await page.getByText('Version 1', { exact: false }).first().waitFor();
    await page.goto(`${httpUrl}/console/start`);
    await page.getByRole('option', { name: 'article' }).waitFor({ state: 'attached' });
    const options = page.getByLabel('Definition').getByRole('option');
    expect(await options.allTextContents()).toEqual(['Default of the server', 'article', 'build']);
    expect(refused).toEqual([]);
    expect(page.faults).toEqual([]);
  });
});

/** Which artifact a request asks for; a message on a stream comes after five bytes that say how long it is. */
function numberIn(request: Request): number {
  const sent = request.postDataBuffer() ?? Buffer.alloc(0);
  return fromBinary(ReadArtifactRequestSchema, sent.subarray(5)).number;
}
