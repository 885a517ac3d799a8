import { beforeAll, describe, expect, it } from 'vitest';
import { hasBrowser } from '../browser.ts';
import { TIMEOUT } from '../cli/harness.ts';
import { openConsolePage } from './console-page.ts';
import { DAMAGED, DAMAGED_STREAM } from './damaged.ts';
import { beginBuild, type ConsoleFixture, createConsoleFixture, keepArtifact } from './fixture.ts';
import { beginPages, type ShownPage } from './shown-pages.ts';

const isThere = hasBrowser('what the console tries again');

/** What a page asks for, and what it says when that fails. */
const FAILURES = [
  ['handoffs', 'GetWorkflowHistory', 'The handoffs could not be read'],
  ['request', 'GetWorkflow(?=$|\\?)', 'The request could not be read'],
  ['definitions', 'ListDefinitions', 'The definitions could not be listed'],
  ['definitions', 'GetDefinition', 'The definition could not be read'],
  ['project', 'GetProjectHistory', 'The history could not be read'],
  ['project', 'GetUsage', 'The usage could not be read'],
  ['build-failed', 'GetDefinition', 'The definition that this build follows could not be read'],
  ['changes', 'ReadArtifact', 'The diff could not be read'],
  ['changes', 'assets/diff-view', 'The view of diffs could not be loaded'],
  ['compared', 'ReadArtifact', 'The checkpoints cannot be compared'],
  ['compared', 'assets/compared', 'The view of comparisons could not be loaded'],
  ['evidence', 'ReadArtifact', 'The output could not be read'],
  ['evidence', 'GetWorkflowHistory', 'Some records of what was run could not be read'],
  ['runs', 'ReadArtifact', 'Some records of what was run could not be read'],
  ['logs', 'ReadArtifact', 'The log could not be read'],
  ['rollback', 'PlanRollback', 'What would be withdrawn is not known'],
  ['approval', 'GetWorkflowHistory', 'The handoffs could not be read'],
  ['approval-output', 'ReadArtifact', 'test could not be read'],
] as const;

describe.runIf(isThere)('what a page could not read', TIMEOUT, () => {
  let fixture: ConsoleFixture;
  let pages: readonly ShownPage[];
  beforeAll(async () => {
    fixture = await createConsoleFixture();
    const all = await beginPages(fixture);
    const { path } = all.find(({ name }) => name === 'approval') as ShownPage;
    const output = { name: 'approval-output', path: `${path}?artifact=2`, text: 'ok 1 finds' };
    const failed = all.find(({ name }) => name === 'build-failed') as ShownPage;
    const request = { name: 'request', path: failed.path, text: 'Build me a dark mode' };
    const runs = { name: 'runs', path: await beginRuns(fixture), text: 'exit 7' };
    pages = [...all, output, request, runs];
  });

  it.each(FAILURES)(
    "is tried again by a button: on the page '%s', %s",
    async (name, asked, words) => {
      const { path, text } = pages.find((one) => one.name === name) as ShownPage;
      const page = await openConsolePage('about:blank');
      // Not as it is while the server is away: that is tried again by the page itself.
      await page.route(new RegExp(`/${asked}`), (route) => {
        if (asked.startsWith('assets/')) return route.abort();
        return route.fulfill(asked === 'ReadArtifact' ? DAMAGED_STREAM : DAMAGED);
      });
      await page.goto(fixture.url + path);
      const failed = page.getByRole('alert').filter({ hasText: words });
      const again = failed.getByRole('button', { name: 'Try again' });
      await again.click();
      await failed.waitFor();
      await page.unrouteAll();
      await again.click();
      await failed.waitFor({ state: 'detached' });
      await page.getByText(text).first().waitFor();
      expect(page.faults).toEqual([]);
    },
  );
});

/** The evidence of a build that kept a record of what it ran. */
async function beginRuns(fixture: ConsoleFixture): Promise<string> {
  const workflowId = await beginBuild(fixture.baton, { buildId: 'runs', upTo: 'testing' });
  const record = { purpose: 'test', argv: ['npm', 'test'], exitCode: 7 };
  await keepArtifact(fixture, workflowId, JSON.stringify([record]), {
    ...{ kind: 'report', name: 'evidence.json', mediaType: 'application/json' },
  });
  return `builds/${workflowId}/evidence`;
}
