import { lost } from '../observed.ts';
import type { Scenario } from '../scenario.ts';

/** Work is claimed for the worker and gets lost on the way: it comes again, as another attempt. */
export const duplicateDelivery: Scenario = {
  name: 'duplicate-delivery',
  where: 'own-server',
  expected: 'asks for work again, and performs once what it is given twice',
  async run({ baton, begin, complete, events, until, faults, clock, leaseMs, first }) {
    let isLost = false;
    faults.beforeDelivery = () => {
      if (isLost) return;
      isLost = true;
      throw lost();
    };
    const workflowId = await begin();
    await until('ask for work', () => isLost || undefined);
    clock.move(leaseMs * 2);
    await complete(workflowId);
    const claims = (await events(workflowId)).filter(
      ({ type, data }) => type === 'assignment_claimed' && data['state'] === first,
    );
    const { handoffs } = await baton.history({ workflowId });
    const effects = handoffs.filter(({ fromState }) => fromState === first).length;
    return `was given '${first}' ${claims.length} times, and handed it on ${effects === 1 ? 'once' : `${effects} times`}`;
  },
};
