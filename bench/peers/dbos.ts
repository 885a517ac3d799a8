import { DBOS } from '@dbos-inc/dbos-sdk';
import { REQUIREMENTS } from '../path.ts';
import { OUTPUTS, type Peer } from '../peer-candidate.ts';

/** A workflow with a durable step for each output. */
const relay = DBOS.registerWorkflow(
  async (_requirements: typeof REQUIREMENTS) => {
    for (const { state, output } of OUTPUTS) {
      await DBOS.runStep(async () => output, { name: state });
    }
  },
  { name: 'build' },
);

/** @param connections of its pool. */
export async function openDbos(url: string, connections: number): Promise<Peer> {
  DBOS.setConfig({
    name: 'bench',
    systemDatabaseUrl: url,
    systemDatabasePoolSize: connections,
    logLevel: 'error',
  });
  await DBOS.launch();
  return {
    async build() {
      const handle = await DBOS.startWorkflow(relay)(REQUIREMENTS);
      await handle.getResult();
      return handle.workflowID;
    },
    async stored(id) {
      const steps = (await DBOS.listWorkflowSteps(id)) ?? [];
      return steps.map(({ output }) => output);
    },
    close: () => DBOS.shutdown(),
  };
}
