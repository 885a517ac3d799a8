import type {
  ArtifactReading,
  CallerDescription,
  DefinitionDescription,
  DefinitionRequest,
  DefinitionVersion,
  OperationsOf,
  Orchestrator,
  WorkflowStatus,
  WorkflowTypes,
  WorkSource,
} from '@baton/core/api';

/** Options of `BatonClient.waitFor`. */
export interface WaitOptions {
  /** Ends the waiting, which then rejects with `cancelled`. */
  readonly signal?: AbortSignal | undefined;
  /** Whether to give up when the workflow waits in `error`. Default true. */
  readonly failOnError?: boolean | undefined;
  /**
   * Counts from this event on: 0 for the whole way of the workflow, so that a state it has passed
   * before the call counts too. Default: what happens after the call.
   */
  readonly afterSequence?: number | undefined;
}

/**
 * Baton's operations on a server. Every failure is a BatonError, with the code that the embedded
 * orchestrator would give; a call that changes something carries a request id, and is repeated while
 * the server is away, but for `reportProgress`: what it says is a hint. `watch` goes on over cut
 * connections, without a gap and with nothing twice, and so does `readArtifact`. A client is a `WorkSource` for a runner.
 */
export interface BatonClient
  extends Omit<
      Orchestrator,
      'advance' | 'describeDefinition' | 'listDefinitions' | 'expireOverdue'
    >,
    ArtifactReading {
  /** As of an orchestrator. Who vouches for evidence, the server knows by itself. */
  advance: WorkSource['advance'];
  describeDefinition(request: DefinitionRequest): Promise<DefinitionDescription>;
  /** The definitions that the server has: by name, of one name the newest version first. */
  listDefinitions(): Promise<readonly DefinitionVersion[]>;
  /** Who this client is to the server, and what it may do there. */
  describeCaller(): Promise<CallerDescription>;
  /**
   * Resolves once the workflow is in `state`, or enters it, with the status as it is then: a workflow
   * that only passed through is already further on. A state that it has left before the call does
   * not count, unless `afterSequence` says so.
   * @throws BatonError `wrong_state` when it has ended elsewhere, or waits in `error`.
   */
  waitFor(
    workflowId: string,
    state: WorkflowStatus['state'],
    options?: WaitOptions,
  ): Promise<WorkflowStatus>;

  /** Ends the connections that this client holds open. */
  close(): void;
}

/**
 * A client of a server whose definitions are known when code is compiled.
 *
 * @typeParam T such as `BuildWorkflow`, or `TypesOf<typeof definition>`.
 */
export type BatonClientOf<T extends WorkflowTypes> = OperationsOf<T, BatonClient>;
