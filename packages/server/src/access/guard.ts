import { type ArtifactStore, BatonError, type Orchestrator } from '@baton/core';
import type { ArtifactReading } from '@baton/core/api';
import { createArtifactReading } from '@baton/core/internal';
import type { CallContext } from '../service-handlers.ts';
import type { Access } from './access.ts';
import type { Caller } from './caller.ts';
import { type CeilingSettings, createCeilings } from './ceilings.ts';
import { NO_CREDENTIALS } from './credentials.ts';
import { type GuardedArtifacts, guardArtifacts } from './guard-artifacts.ts';
import { guardOperations } from './guard-operations.ts';
import { createProjects } from './projects.ts';

/** What one caller may use of the server, and as which it may use it. */
export interface Guarded {
  readonly caller: Caller;
  readonly operations: Orchestrator;
  readonly artifacts: GuardedArtifacts | undefined;
}

/** What there is to read of it. @throws BatonError `wrong_state` where the server has no artifacts. */
export function artifactReadingOf({ operations, artifacts }: Guarded): ArtifactReading {
  if (artifacts !== undefined) {
    return createArtifactReading(artifacts, (workflowId) => operations.status({ workflowId }));
  }
  const message = 'this server was given no store of artifacts; start it with ARTIFACTS_URL';
  throw new BatonError('wrong_state', message);
}

/**
 * Resolves for a caller that is admitted. Asked before the body of a request is read, so that strangers cannot keep the
 * server busy with what they send.
 *
 * @throws BatonError as {@link Guard.admit}.
 */
export type Admit = (context: Pick<CallContext, 'credentials'>) => Promise<unknown>;

/** The only way from a call to the operations. */
export interface Guard {
  /** @throws BatonError `unauthenticated`; `unavailable` when that cannot be found out now. */
  admit(context: Pick<CallContext, 'credentials'>): Promise<Guarded>;
  /**
   * For a call that may last: its signal aborts as well once its caller is not admitted any more. `leave` is to be
   * called when it has ended.
   */
  admitStream(context: CallContext): Promise<Guarded & StreamAdmission>;
}

interface StreamAdmission {
  readonly signal: AbortSignal;
  leave(): void;
}

export interface GuardOptions {
  readonly orchestrator: Orchestrator;
  readonly artifacts: Pick<ArtifactStore, 'list' | 'read'> | undefined;
  readonly access: Access;
  readonly ceilings: CeilingSettings;
}

/** How often it is looked whether the caller of a stream is still admitted, in milliseconds. */
const RECHECK_MS = 5_000;

export function createGuard({ orchestrator, artifacts, access, ceilings }: GuardOptions): Guard {
  const projects = createProjects(orchestrator);
  const within = createCeilings(ceilings);
  // A caller is the same object as long as what it shows is remembered.
  const known = new WeakMap<Caller, Guarded>();

  function guarded(caller: Caller): Guarded {
    const before = known.get(caller);
    if (before !== undefined) return before;
    const made = {
      caller,
      operations: guardOperations(orchestrator, caller, projects, within),
      artifacts: artifacts && guardArtifacts(artifacts, caller, projects),
    };
    known.set(caller, made);
    return made;
  }

  async function admit({ credentials = NO_CREDENTIALS }: Pick<CallContext, 'credentials'>) {
    return guarded(await access.callerOf(credentials));
  }

  return {
    admit,
    async admitStream(context) {
      const admitted = await admit(context);
      if (admitted.caller.shownBy === 'nothing') {
        return { ...admitted, signal: context.signal, leave: () => undefined };
      }
      const ended = new AbortController();
      const recheck = setInterval(() => {
        admit(context).catch((reason) => {
          const error = BatonError.from(reason);
          if (error.code === 'unauthenticated') ended.abort(error);
        });
      }, RECHECK_MS);
      return {
        ...admitted,
        signal: AbortSignal.any([context.signal, ended.signal]),
        leave: () => clearInterval(recheck),
      };
    },
  };
}
