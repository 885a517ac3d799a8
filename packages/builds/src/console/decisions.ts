import type { Orchestrator } from '@baton/core';
import { createApprovalTokens, takesGivenToken } from '../approval/approval-tokens.ts';
import type { Caller } from '../caller.ts';
import { createConfigRedactor } from '../config/create-config-redactor.ts';
import { definitionOf } from '../config/definition-of.ts';
import { connect, maskedOperations } from '../operations/connect.ts';
import { findWorkflowConfig } from '../operations/workflow-config.ts';
import type { Embedded } from '../state/open-embedded.ts';

/** What a person decides in a console. */
const DECISIONS = [
  'answerQuestion',
  'decideApproval',
  'requestRetry',
  'rollback',
  'cancel',
] as const;
type Decision = (typeof DECISIONS)[number];

export interface DecisionsOptions {
  readonly workspace: string;
  readonly caller: Caller;
  readonly embedded: Embedded;
  /** Whether the key of the console reaches a person alone, as at a terminal. */
  readonly atTerminal: boolean;
}

/**
 * The decisions of a person on the builds of a repository, each by the configuration that its build was begun with,
 * as the commands have them. A build that was begun with a token takes that token. Any other takes one that a
 * terminal shows, and the person who has the key of a console has seen the terminal.
 */
export function createDecisions(options: DecisionsOptions): Pick<Orchestrator, Decision> {
  const { workspace, caller, embedded, atTerminal } = options;
  const { folder, key, store } = embedded;
  const tokens = createApprovalTokens(folder.seals, key);

  /** Issued anew for each decision: it holds at one place of a build. */
  async function tokenFor(workflowId: string): Promise<string | undefined> {
    const snapshot = atTerminal ? (await store.load(workflowId))?.snapshot : undefined;
    return snapshot === undefined || takesGivenToken(snapshot) ? undefined : tokens.issue(snapshot);
  }

  async function decide<K extends Decision>(
    kind: K,
    request: Parameters<Orchestrator[K]>[0],
  ): Promise<Awaited<ReturnType<Orchestrator[K]>>> {
    const { workflowId } = request;
    const found = await findWorkflowConfig(workflowId, workspace, caller);
    const token = await tokenFor(workflowId);
    const definition = found && definitionOf(found.config);
    const { operations, close } = await connect({ workspace, token }, caller, definition);
    try {
      const masked =
        found === undefined
          ? operations
          : maskedOperations(operations, createConfigRedactor(found.config, caller.env));
      return (await masked[kind](request as never)) as Awaited<ReturnType<Orchestrator[K]>>;
    } finally {
      await close();
    }
  }

  return {
    answerQuestion: (request) => decide('answerQuestion', request),
    decideApproval: (request) => decide('decideApproval', request),
    requestRetry: (request) => decide('requestRetry', request),
    rollback: (request) => decide('rollback', request),
    cancel: (request) => decide('cancel', request),
  };
}
