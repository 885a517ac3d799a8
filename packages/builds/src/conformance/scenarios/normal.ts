import { isDeepStrictEqual } from 'node:util';
import type { Field } from '../field.ts';
import { NotMet } from '../not-met.ts';
import type { Scenario } from '../scenario.ts';
import { scriptOf } from '../script.ts';

/** Everything goes well. */
export const normal: Scenario = {
  name: 'normal',
  where: 'anywhere',
  expected:
    'performs each phase of its roles, and reports the output that the requirements ask for',
  async run(field) {
    const workflowId = await field.begin();
    await field.complete(workflowId);
    await expectAnswers(field, workflowId);
    return `performed ${field.phases.join(', ')}`;
  },
};

async function expectAnswers({ baton, first, phases }: Field, workflowId: string): Promise<void> {
  const { handoffs } = await baton.history({ workflowId });
  const script = scriptOf(first);
  for (const phase of phases) {
    const handed = handoffs.find(({ fromState }) => fromState === phase)?.data ?? {};
    for (const [name, expected] of Object.entries(script[phase].answer)) {
      if (isDeepStrictEqual(handed[name], expected)) continue;
      throw new NotMet(
        `it reported ${name} of '${phase}' as ${JSON.stringify(handed[name])}, expected ${JSON.stringify(expected)}: requirements.conformance.${phase}.answer`,
      );
    }
  }
}
