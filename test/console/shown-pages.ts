import { beginMany, type ConsoleFixture } from './fixture.ts';

/** A page of the console. */
export interface ShownPage {
  readonly name: string;
  /** Below `/console/`. */
  readonly path: string;
  /** What is there once the page is whole. */
  readonly text: string;
}

/** Every page, on builds that are begun for it. */
export async function beginPages(fixture: ConsoleFixture): Promise<readonly ShownPage[]> {
  const { working, asking, deciding, failed } = await beginMany(fixture);
  const build = (id: string, tab = '') => `builds/${id}${tab && `/${tab}`}`;
  return [
    { name: 'builds', path: 'builds', text: 'import-of-orders' },
    { name: 'no-builds', path: 'builds?search=nothing-of-that-name', text: 'No build matches' },
    { name: 'start', path: 'start', text: 'What to build' },
    { name: 'build-at-work', path: build(working), text: 'In progress' },
    { name: 'build-failed', path: build(failed), text: 'the test database cannot be reached' },
    { name: 'handoffs', path: build(deciding, 'handoffs'), text: 'Release manager' },
    { name: 'changes', path: build(deciding, 'changes'), text: 'THEMES.includes(stored)' },
    {
      name: 'compared',
      path: `${build(deciding, 'changes')}?from=${await endOf(fixture, deciding, 'implementation')}&to=start`,
      text: 'THEMES.includes(stored)',
    },
    { name: 'evidence', path: build(deciding, 'evidence'), text: 'ok 1 finds what is there' },
    { name: 'logs', path: build(deciding, 'logs'), text: 'ok 2 finds nothing else' },
    { name: 'budget', path: build(deciding, 'budget'), text: 'All phases' },
    {
      name: 'retry',
      path: `${build(failed)}?do=retry`,
      text: 'What must be done differently',
    },
    { name: 'rollback', path: `${build(failed)}?do=rollback`, text: 'Tokens spent' },
    { name: 'question', path: `inbox/${asking}`, text: 'How long does a session last?' },
    { name: 'approval', path: `inbox/${deciding}`, text: 'THEMES.includes(stored)' },
    { name: 'projects', path: 'projects', text: 'Average time' },
    { name: 'project', path: 'projects/shop', text: 'Input tokens' },
    { name: 'definitions', path: 'definitions', text: 'Output schema' },
    { name: 'no-page', path: 'nowhere', text: 'There is no page at' },
  ];
}

/** The number of the event by which a state was left. */
async function endOf({ baton }: ConsoleFixture, workflowId: string, state: string) {
  for await (const { type, data, sequence } of baton.watch({ workflowId, follow: false })) {
    if (type === 'state_advanced' && data['from'] === state) return sequence;
  }
  throw new Error(`workflow ${workflowId} has not left '${state}'`);
}
