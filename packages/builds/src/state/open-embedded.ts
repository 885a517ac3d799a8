import type { SealedStore } from '@baton/adapters/sealed';
import {
  buildDefinition,
  createMemoryDispatcher,
  createOrchestrator,
  type Dispatcher,
  handOverDefinition,
  type Orchestrator,
  type WorkflowDefinition,
} from '@baton/core';
import { type BatonFolder, batonFolder } from './baton-folder.ts';
import { limitsFrom } from './embedded-limits.ts';
import { openSealed } from './open-sealed.ts';

export interface EmbeddedOptions {
  /** Root of the repository. */
  readonly workspace: string;
  /** Whether to begin a state database where there is none; if not, that is an error. */
  readonly create: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Definition of new builds. The other built-in one is known too. Default: the built-in ones. */
  readonly definition?: WorkflowDefinition | undefined;
  readonly maxAttempts?: number | undefined;
}

/** Baton in this process, on the state database of a workspace. */
export interface Embedded {
  readonly orchestrator: Orchestrator;
  readonly store: SealedStore;
  /** The key of the store's seals. */
  readonly key: Uint8Array;
  readonly dispatcher: Dispatcher;
  readonly folder: BatonFolder;
  close(): Promise<void>;
}

/**
 * Opens Baton in this process.
 *
 * @throws BatonError `not_found` when there is no database and `create` is false, and all errors of `openSealed`.
 */
export async function openEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  const { workspace, create, env, definition = buildDefinition(), maxAttempts } = options;
  const folder = batonFolder(workspace, env);
  const limits = await limitsFrom(env);
  const { store, key } = await openSealed({ folder, env, create });
  const dispatcher = createMemoryDispatcher();
  const orchestrator = createOrchestrator({
    store,
    dispatcher,
    definitions: withOthers(definition),
    ...limits,
    maxAttempts,
  });
  return { orchestrator, store, key, dispatcher, folder, close: () => store.close() };
}

/** Builds that were begun with another ending stay readable, and keep to the same approvals. */
function withOthers(definition: WorkflowDefinition): readonly WorkflowDefinition[] {
  const { approvals, separations } = definition;
  const readyMade = [buildDefinition, handOverDefinition].map((define) =>
    define({ approvals, separations }),
  );
  return [definition, ...readyMade.filter(({ name }) => name !== definition.name)];
}
