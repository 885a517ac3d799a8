import type { Scenario } from '../scenario.ts';

/** What ends an attempt whose output was refused, in words. */
const ENDS: Readonly<Record<string, string>> = {
  attempt_failed: 'reported a failed attempt',
  question_asked: 'asked a person',
  retry_requested: 'sent the work back',
};

/** The output that the worker is asked for does not fit its schema. */
export const refusedOutcome: Scenario = {
  name: 'refused-outcome',
  where: 'anywhere',
  expected: 'reports a failed attempt when its output is refused, and takes other work',
  async run({ begin, complete, events, until }) {
    const workflowId = await begin({ answer: {} });
    const { type } = await until('end the attempt whose output was refused', async () =>
      (await events(workflowId)).find((event) => event.type in ENDS),
    );
    await complete(await begin());
    return `${ENDS[type]}, and went on`;
  },
};
