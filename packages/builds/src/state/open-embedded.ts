import type { SealedStore } from '@baton/adapters/sealed';
import {
  BatonError,
  buildDefinition,
  createMemoryStore,
  createOrchestrator,
  type DefinitionDescription,
  type DefinitionRequest,
  type DefinitionVersion,
  handOverDefinition,
  type Orchestrator,
  type WorkflowDefinition,
} from '@baton/core';
import { type BatonFolder, batonFolder } from './baton-folder.ts';
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
  const orchestrator = createOrchestrator({
    store,
    definitions: withOthers(definition),
    ...limits,
    maxAttempts,
  });
  return { orchestrator, store, key, folder, close: () => store.close() };
}

/** Builds that were begun with another ending stay readable, and keep to the same approvals. */
function withOthers(definition: WorkflowDefinition): readonly WorkflowDefinition[] {
  const { approvals, separations } = definition;
  const readyMade = [buildDefinition, handOverDefinition].map((define) =>
    define({ approvals, separations }),
  );
  return [definition, ...readyMade.filter(({ name }) => name !== definition.name)];
}

/** Limits for builds whose configuration and command line say nothing. */
export interface DefaultLimits {
  readonly timeoutMs?: number;
  readonly maxRetries?: number;
}

/**
 * The limits that the environment names, by the rules of the server, so that the same variables mean
 * the same everywhere.
 *
 * @throws BatonError `invalid_input` naming the variable.
 */
export async function limitsFrom(
  env: Readonly<Record<string, string | undefined>>,
): Promise<DefaultLimits> {
  const { WORKFLOW_TIMEOUT = '', WORKFLOW_MAX_RETRIES = '' } = env;
  if (WORKFLOW_TIMEOUT === '' && WORKFLOW_MAX_RETRIES === '') return {};
  // Loaded when needed: the server brings gRPC along.
  const { ConfigError, readConfig } = await import('@baton/server');
  try {
    const { timeoutSeconds, maxRetries } = readConfig({ WORKFLOW_TIMEOUT, WORKFLOW_MAX_RETRIES });
    return {
      ...(WORKFLOW_TIMEOUT !== '' && { timeoutMs: timeoutSeconds * 1000 }),
      ...(WORKFLOW_MAX_RETRIES !== '' && { maxRetries }),
    };
  } catch (reason) {
    throw reason instanceof ConfigError ? invalidEnvironment(reason) : reason;
  }
}

/** A definition of this process: it takes no state to know them. */
export async function embeddedDefinition(
  request: DefinitionRequest,
): Promise<DefinitionDescription> {
  return createOrchestrator({ store: await createMemoryStore() }).describeDefinition(request);
}

/** The definitions of this process. */
export async function embeddedDefinitions(): Promise<readonly DefinitionVersion[]> {
  return createOrchestrator({ store: await createMemoryStore() }).listDefinitions();
}

/** What the server says of an environment that it cannot run on, as an error of the command line. */
export function invalidEnvironment(reason: Error & { readonly problems: readonly string[] }) {
  return new BatonError('invalid_input', reason.message, {
    violations: reason.problems.map((problem) => ({ field: '', description: problem })),
    cause: reason,
  });
}
