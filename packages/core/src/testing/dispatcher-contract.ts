import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../memory/memory-store.ts';
import { createOrchestrator } from '../orchestrator/orchestrator.ts';
import type { Dispatcher, WorkHint } from '../ports/runtime.ts';
import { createRunner } from '../runner/runner.ts';
import { passingOutputs } from './build-outputs.ts';
import { createScriptedRole } from './scripted-role.ts';

/** What the contract suite needs of a dispatcher: a channel of its own for every test. */
export interface DispatcherHarness {
  readonly dispatcher: Dispatcher;
  /** Another one on the same channel, as another process would have it; in process the same. */
  another(): Promise<Dispatcher>;
  /** Closes all and removes what they left. */
  destroy(): Promise<void>;
}

const HINT: WorkHint = {
  workflowId: 'wf_1',
  role: 'code_writer',
  projectId: 'shop',
  priority: 7,
  origin: 'here',
};

/** Announces until the hint arrives: subscribing may take a moment, and a hint may be lost. */
async function reaches(
  from: Dispatcher,
  heard: readonly WorkHint[],
  hint: WorkHint,
): Promise<WorkHint> {
  const find = () => heard.find(({ workflowId }) => workflowId === hint.workflowId);
  const announced = (): WorkHint | undefined => {
    from.announce(hint);
    return find();
  };
  await expect.poll(announced, { interval: 20 }).toBeDefined();
  return find() as WorkHint;
}

function listen(to: Dispatcher): { readonly heard: WorkHint[]; readonly forget: () => void } {
  const heard: WorkHint[] = [];
  return { heard, forget: to.subscribe((hint) => heard.push(hint)) };
}

/**
 * The contract of a Dispatcher as vitest tests. A hint may be lost: the tests announce again until it is heard.
 *
 * @param open opens a dispatcher with a channel of its own, for each test.
 * @example
 * import { createMemoryDispatcher } from '@baton/core';
 * import { describeDispatcherContract } from '@baton/core/testing';
 * describeDispatcherContract('in process', async () => {
 *   const dispatcher = createMemoryDispatcher();
 *   return { dispatcher, another: async () => dispatcher, destroy: async () => {} };
 * });
 */
export function describeDispatcherContract(
  name: string,
  open: () => Promise<DispatcherHarness>,
): void {
  const withDispatcher = (test: (harness: DispatcherHarness) => Promise<void>) => async () => {
    const harness = await open();
    try {
      await test(harness);
    } finally {
      await harness.destroy();
    }
  };

  describe(`${name} keeps the dispatcher contract`, () => {
    it(
      'brings a hint to all listeners of all processes, with what it says',
      withDispatcher(async ({ dispatcher, another }) => {
        const [one, two] = [listen(dispatcher), listen(await another())];
        const third = listen(await another());
        expect(await reaches(dispatcher, two.heard, HINT)).toMatchObject({
          workflowId: 'wf_1',
          role: 'code_writer',
          projectId: 'shop',
          priority: 7,
        });
        await reaches(dispatcher, one.heard, HINT);
        await reaches(dispatcher, third.heard, HINT);
      }),
    );

    it(
      'brings hints without a role, and ids of any text',
      withDispatcher(async ({ dispatcher, another }) => {
        const { heard } = listen(await another());
        const odd = { workflowId: 'wf "\\ \u{1f600}\n', projectId: '__proto__', priority: -100 };
        const found = await reaches(dispatcher, heard, { ...odd, role: undefined });
        expect(found).toMatchObject(odd);
        expect(found.role).toBeUndefined();
      }),
    );

    it(
      'tells a listener nothing more once it has heard enough',
      withDispatcher(async ({ dispatcher, another }) => {
        const there = await another();
        const one = listen(there);
        const other = listen(there);
        await reaches(dispatcher, one.heard, HINT);
        one.forget();
        one.forget();
        const count = one.heard.length;
        await reaches(dispatcher, other.heard, { ...HINT, workflowId: 'wf_2' });
        expect(one.heard).toHaveLength(count);
      }),
    );

    it(
      'takes any number of announcements, and never throws',
      withDispatcher(async ({ dispatcher, another }) => {
        const { heard } = listen(await another());
        await reaches(dispatcher, heard, HINT);
        for (let i = 0; i < 20_000; i++) {
          dispatcher.announce({ workflowId: `wf_many_${i}`, role: 'tester' });
        }
        await reaches(dispatcher, heard, { ...HINT, workflowId: 'wf_after' });
      }),
    );

    it(
      'lets runners of several processes perform builds without a look into the store',
      withDispatcher(async ({ dispatcher, another }) => {
        const store = await createMemoryStore();
        const over = (one: Dispatcher) =>
          createOrchestrator({ store, dispatcher: one, workPollMs: 1_000_000 });
        const starter = over(dispatcher);
        const performed: string[] = [];
        const runners = await Promise.all(
          ['q_assistant', 'code_writer'].map(async (role) => {
            const answer = ({ state }: { readonly state: string }) => {
              performed.push(role);
              const result = passingOutputs[state as keyof typeof passingOutputs];
              return { kind: 'advance', result } as const;
            };
            const roles = [createScriptedRole(role, answer)];
            return createRunner({ source: over(await another()), roles });
          }),
        );
        for (const runner of runners) void runner.run();
        let build = 0;
        // Until the subscriptions stand, hints are lost, and nothing looks for what they told.
        const start = async () => {
          const ids = { projectId: 'p', buildId: `b${build++}`, userId: 'u' };
          await starter.start({ ...ids, requirements: {} });
          return performed.filter((role) => role === 'code_writer').length;
        };
        await expect.poll(start, { interval: 50 }).toBeGreaterThan(2);
        for (const runner of runners) await runner.stop(0);
      }),
    );
  });
}
