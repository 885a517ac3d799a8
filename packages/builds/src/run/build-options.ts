import type { RoleAdapter, WorkflowStatus } from '@baton/core';
import type { TokenHint } from '../approval/token-hint.ts';
import type { CallerOptions } from '../caller.ts';
import type { Operations } from '../operations/operations.ts';
import type { BuildObserver, People } from './build-observer.ts';
import type { BuildSummary } from './build-summary.ts';
import type { HandedOver } from './hand-over.ts';

/** What {@link runBuild} and {@link resumeBuild} share. */
export interface PerformOptions extends CallerOptions {
  /** Root of the git repository to build on; relative to `cwd`. Default: `cwd`. */
  readonly workspace?: string | undefined;
  /** The file that says how the roles work; relative to `cwd`. */
  readonly config?: string | undefined;
  /**
   * Adapters that take the place of the configuration's roles, or add their words to what the commands of a
   * judging role measure. Default: the configuration's roles.
   */
  readonly roles?: readonly RoleAdapter[] | undefined;
  /** Follows the build. Default: none. */
  readonly observer?: BuildObserver | undefined;
  /**
   * Ends the work early: what is under way is given back, and the result is `interrupted`. The build can
   * be gone on with by {@link resumeBuild}.
   */
  readonly signal?: AbortSignal | undefined;
  /**
   * Makes what asks a person of this process while the build waits for one. Default: no person is here, and the
   * result is `waiting`.
   */
  readonly people?: ((asking: AskingPeople) => People) | undefined;
  /**
   * Whether an approval token may be made and shown in the result: only where a person sees it, and no
   * log keeps it. Default: false.
   */
  readonly showsTokens?: boolean | undefined;
}

/** What it takes to ask a person about a build. */
export interface AskingPeople {
  /** The operations that settle what is asked; secrets in what people say are not kept. */
  readonly operations: Operations;
  /** Who decides: the user of the options, of the configuration, or of this machine. */
  readonly person: string;
}

/** What {@link runBuild} takes. */
export interface BuildOptions extends PerformOptions {
  /** What to build, in words. */
  readonly request: string;
  /** Default: `baton.config.json`, `.ts`, `.mjs` or `.js` in the workspace. */
  readonly config?: string | undefined;
  /** Address of the server that keeps the state. Default: this machine does. */
  readonly server?: string | undefined;
  /** Default: the configuration's, or the name of the folder. */
  readonly projectId?: string | undefined;
  /** Default: made from request and workspace, so that the same call goes on with the same build. */
  readonly buildId?: string | undefined;
  /** Who asks for it. Default: the configuration's user, or the one of this machine. */
  readonly userId?: string | undefined;
  /** Begin another build if the last one of this request has ended. Default: false. */
  readonly another?: boolean | undefined;
  /** A file that what the roles answer is recorded in, to be replayed; relative to `cwd`. */
  readonly record?: string | undefined;
  /** A file that what the roles answer is taken from; relative to `cwd`. */
  readonly replay?: string | undefined;
  /**
   * A file that what models answer is recorded in, those that agents ask through the gateway included;
   * relative to `cwd`.
   */
  readonly recordModels?: string | undefined;
  /** A file that what models answer is taken from: roles and agents work, and no model is asked. */
  readonly replayModels?: string | undefined;
}

/** What {@link resumeBuild} takes. */
export interface ResumeOptions extends PerformOptions {
  /** Of the workflow or of the build. Default: the newest of the workspace that is not complete. */
  readonly id?: string | undefined;
  /** Default: the configuration that the build was begun with. */
  readonly config?: string | undefined;
  /** The build's approval token: lets it go on by a configuration that demands less of people than before. */
  readonly token?: string | undefined;
}

/** How the performance of a build ended. */
export type BuildResult =
  /** It is complete; its work is on a branch, or why it is not. */
  | {
      readonly kind: 'complete';
      readonly summary: BuildSummary;
      readonly handedOver: HandedOver | undefined;
    }
  /** It waits in `error` until a person requests a retry or a rollback. */
  | { readonly kind: 'error'; readonly summary: BuildSummary; readonly token: TokenHint }
  /** It waits for answers or for an approval of a person who is not here. */
  | { readonly kind: 'waiting'; readonly status: WorkflowStatus; readonly token: TokenHint }
  /** The signal ended it. */
  | { readonly kind: 'interrupted'; readonly workflowId: string };
