import { existsSync } from 'node:fs';
import { createSqliteStore } from '@baton/adapters/sqlite';
import {
  BatonError,
  buildDefinition,
  createMemoryDispatcher,
  createOrchestrator,
  type Dispatcher,
  handOverDefinition,
  type Orchestrator,
  type WorkflowDefinition,
  type WorkflowStore,
} from '@baton/core';
import { type BatonFolder, batonFolder, makeBatonFolder } from './baton-folder.ts';
import { limitsFrom } from './embedded-limits.ts';

export interface EmbeddedOptions {
  /** Root of the repository. */
  readonly workspace: string;
  /** Whether to begin a state database where there is none; if not, that is an error. */
  readonly create: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What builds are begun by; the other ready-made one is known, too. Default: both as they are. */
  readonly definition?: WorkflowDefinition | undefined;
  readonly maxAttempts?: number | undefined;
}

/** Baton in this process, on the state database of a workspace. */
export interface Embedded {
  readonly orchestrator: Orchestrator;
  readonly store: WorkflowStore;
  readonly dispatcher: Dispatcher;
  readonly folder: BatonFolder;
  close(): Promise<void>;
}

/** @throws BatonError `not_found` when there is no database and none is to be made. */
export async function openEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  const { workspace, create, env, definition = buildDefinition(), maxAttempts } = options;
  const folder = batonFolder(workspace, env);
  if (create) makeBatonFolder(folder);
  else if (!existsSync(folder.database)) {
    throw new BatonError(
      'not_found',
      `there is no state database at ${folder.database}: name the workspace of a build with --workspace, or a server with --server (or BATON_SERVER)`,
    );
  }
  const limits = await limitsFrom(env);
  const store = createSqliteStore({ path: folder.database });
  const dispatcher = createMemoryDispatcher();
  const orchestrator = createOrchestrator({
    store,
    dispatcher,
    definitions: withOthers(definition),
    ...limits,
    ...(maxAttempts !== undefined && { maxAttempts }),
  });
  return { orchestrator, store, dispatcher, folder, close: () => store.close() };
}

/** Builds that were begun with another ending stay readable, and keep to the same approvals. */
function withOthers(definition: WorkflowDefinition): readonly WorkflowDefinition[] {
  const { approvals, separations } = definition;
  const readyMade = [buildDefinition, handOverDefinition].map((define) =>
    define({ approvals, separations }),
  );
  return [definition, ...readyMade.filter(({ name }) => name !== definition.name)];
}
