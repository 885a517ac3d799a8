import type {
  ArtifactStore,
  DefinitionDescription,
  DefinitionRequest,
  Orchestrator,
  Principal,
} from '@baton/core';
import type { WorkDesk } from './work/work-desk.ts';

/** The operations that the tools and resources stand on: an orchestrator's, or a client's. */
export interface McpOperations
  extends Pick<
    Orchestrator,
    | 'status'
    | 'list'
    | 'history'
    | 'watch'
    | 'projectStats'
    | 'answerQuestion'
    | 'decideApproval'
    | 'requestRetry'
    | 'rollback'
    | 'cancel'
  > {
  describeDefinition(
    request: DefinitionRequest,
  ): DefinitionDescription | Promise<DefinitionDescription>;
}

/** What is kept of attempts, for reading. */
export type McpArtifacts = Pick<ArtifactStore, 'list' | 'read'>;

/** A build as a client asks for it. */
export interface WantedBuild {
  /** What to build, in words. */
  readonly request: string;
  readonly projectId: string | undefined;
  readonly buildId: string | undefined;
  readonly by: string;
  /** Roles that the client performs itself. */
  readonly actAs: readonly string[];
  /** Which models the client asks, for separations. */
  readonly principal: Principal;
}

export interface StartedBuild {
  readonly workflowId: string;
  /** Whether it was begun just now; if not, the same request goes on. */
  readonly begun: boolean;
}

/** Begins builds. Asked twice for the same build, it begins one. */
export type BuildStarter = (wanted: WantedBuild) => Promise<StartedBuild>;

/** Options of {@link createBatonMcp}. */
export interface McpOptions {
  readonly operations: McpOperations;
  readonly startBuild: BuildStarter;
  /** Gives work to clients that perform roles. */
  readonly desk: WorkDesk;
  /** What is kept of attempts. Default: there are no artifacts to read. */
  readonly artifacts?: McpArtifacts | undefined;
  /** Who asks, where a call does not say. Default: `mcp`. */
  readonly user?: string | undefined;
  /**
   * What a client has to put before its person: approvals alone, or everything that people decide (answers,
   * retries, rollbacks and cancellations as well). Default: approvals.
   */
  readonly confirm?: 'approvals' | 'decisions' | undefined;
  /** Ends every wait of clients, which then answer what there is: for a server that stops. Default: none does. */
  readonly ending?: AbortSignal | undefined;
  /** The version that clients see. Default: 0. */
  readonly version?: string | undefined;
}
