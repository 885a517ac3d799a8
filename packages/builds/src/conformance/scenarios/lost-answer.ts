import { NotMet } from '../not-met.ts';
import { lost, type Report } from '../observed.ts';
import type { Scenario } from '../scenario.ts';

/** A report is accepted, and its answer gets lost. */
export const lostAnswer: Scenario = {
  name: 'lost-answer',
  where: 'own-server',
  expected: 'repeats the report with the same request id, or does not repeat it, and goes on',
  async run({ begin, complete, faults, reports }) {
    const workflowId = await begin();
    let first: Report | undefined;
    faults.afterReport = (report) => {
      if (report.workflowId !== workflowId || first !== undefined) return;
      first = report;
      throw lost();
    };
    await complete(workflowId);
    const token = first?.claimToken;
    if (token === undefined) throw new NotMet('it reported without the token of its claim');
    const sent = reports.filter(({ claimToken }) => claimToken === token);
    const ids = new Set(sent.map(({ requestId }) => requestId));
    if (sent.length === 1) return 'did not repeat the report, and went on';
    if (ids.has(undefined)) throw new NotMet('it repeated the report without a request id');
    if (ids.size > 1) throw new NotMet(`it repeated the report under ${ids.size} request ids`);
    return 'repeated the report with the same request id';
  },
};
