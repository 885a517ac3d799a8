import { describe, expect, it } from 'vitest';
import { type Notice, type Notifier, OCCASIONS } from '../ports/notifier.ts';

/** What the contract suite needs of a notifier: fresh for every test. */
export interface NotifierHarness {
  readonly notifier: Notifier;
  /** What its receiver was told so far: everything of a notice as one text. */
  told(): readonly string[];
  /** Has the receiver fail from now on, in a way that may pass. */
  fail(): void;
  /** Has the receiver answer nothing from now on. */
  fallSilent(): void;
  destroy(): Promise<void>;
}

export type OpenNotifierHarness = () => Promise<NotifierHarness>;

const NOTICE: Notice = {
  ...{ id: 'evt_1', occasion: 'approval', workflowId: 'wf_1', projectId: 'shop', buildId: '42' },
  ...{ userId: 'ada', at: Date.UTC(2026, 0, 1) },
  title: 'Build 42 of shop waits for an approval',
  text: 'It waits for grace.\nSince noon.',
  actions: [
    { label: 'Approve', command: 'baton approve wf_1 --by grace' },
    { label: 'Send it back', command: 'baton approve wf_1 --reject' },
  ],
  link: 'https://baton.example.com/wf_1',
};

const never = new AbortController().signal;

/**
 * The contract of a Notifier as vitest tests: everything that Baton relies on.
 *
 * @param open opens a notifier with a receiver of its own for each test.
 */
export function describeNotifierContract(name: string, open: OpenNotifierHarness): void {
  /** Runs `test` on a fresh notifier and cleans up after it. */
  const withNotifier = (test: (harness: NotifierHarness) => Promise<void>) => async () => {
    const harness = await open();
    try {
      await test(harness);
    } finally {
      await harness.destroy();
    }
  };

  describe(`${name} keeps the contract of notifiers`, () => {
    it(
      'tells what happened, what can be done, and where more is to be seen',
      withNotifier(async ({ notifier, told }) => {
        expect(await notifier.notify(NOTICE, never)).toEqual({ kind: 'delivered' });
        const [text = ''] = told();
        const { title, text: lines, actions, link = '', workflowId } = NOTICE;
        const parts = actions.flatMap(({ label, command }) => [label, command]);
        for (const part of [title, ...lines.split('\n'), ...parts, link, workflowId]) {
          expect(text).toContain(part);
        }
      }),
    );

    it(
      'tells of every occasion, with no action and no link, too',
      withNotifier(async ({ notifier, told }) => {
        for (const occasion of OCCASIONS) {
          const notice = { ...NOTICE, id: occasion, occasion, actions: [], link: undefined };
          expect(await notifier.notify(notice, never)).toEqual({ kind: 'delivered' });
        }
        expect(told()).toHaveLength(OCCASIONS.length);
      }),
    );

    it(
      'tells several at the same time, and one of them again',
      withNotifier(async ({ notifier, told }) => {
        const notices = ['a', 'b', 'c', 'c'].map((id) => ({ ...NOTICE, id }));
        const results = await Promise.all(notices.map((one) => notifier.notify(one, never)));
        expect(results).toEqual(notices.map(() => ({ kind: 'delivered' })));
        expect(told()).toHaveLength(notices.length);
      }),
    );

    it(
      'says why it could not tell, so that it is tried again',
      withNotifier(async ({ notifier, told, fail }) => {
        fail();
        const result = await notifier.notify(NOTICE, never);
        expect(result).toMatchObject({ kind: 'failed', reason: expect.stringMatching(/./) });
        expect(told()).toEqual([]);
      }),
    );

    it(
      'ends when it is told to, though the receiver is silent',
      withNotifier(async ({ notifier, fallSilent }) => {
        fallSilent();
        const ended = new AbortController();
        const result = notifier.notify(NOTICE, ended.signal).catch(() => ({ kind: 'failed' }));
        setTimeout(() => ended.abort(), 50);
        expect(await result).toMatchObject({ kind: 'failed' });
      }),
    );
  });
}
