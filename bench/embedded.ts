import { createSqliteStore } from '@baton/adapters/sqlite';
import { createMemoryStore, createOrchestrator, type WorkflowStore } from '@baton/core';
import { type Candidate, timed } from './measure.ts';
import { PATH, startWorkflows } from './path.ts';

/** Advances of `atOnce` workflows, each from discovery to complete, through an orchestrator. */
export function embeddedCandidate(
  name: string,
  open: () => WorkflowStore,
  atOnce: number,
  builds: number,
): Candidate {
  return {
    name,
    async run() {
      const store = open();
      const baton = createOrchestrator({ store });
      const ids = await startWorkflows(baton, builds);
      const measured = await timed(builds * PATH.length, () =>
        Promise.all(
          Array.from({ length: atOnce }, async () => {
            for (let id = ids.pop(); id !== undefined; id = ids.pop()) {
              for (const step of PATH) await baton.advance({ workflowId: id, ...step });
            }
          }),
        ),
      );
      await store.close();
      return measured;
    },
  };
}

export function embeddedCandidates(folder: string): readonly Candidate[] {
  let files = 0;
  const sqlite = (): WorkflowStore => createSqliteStore({ path: `${folder}/${files++}.db` });
  return [
    embeddedCandidate('memory, 1 at once', createMemoryStore, 1, 3000),
    embeddedCandidate('memory, 64 at once', createMemoryStore, 64, 3000),
    embeddedCandidate('SQLite, 1 at once', sqlite, 1, 60),
    embeddedCandidate('SQLite, 64 at once', sqlite, 64, 1024),
  ];
}
