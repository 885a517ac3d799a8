import type { WorkflowDefinition } from '../model/definition.ts';
import type { WorkflowSnapshot } from '../model/workflow.ts';
import { advance } from './advance.ts';
import { decideApproval } from './approve.ts';
import { answer, ask } from './ask.ts';
import { cancel } from './cancel.ts';
import { claim } from './claim.ts';
import type { Command, Decision, Replies } from './command.ts';
import { failAttempt } from './fail-attempt.ts';
import { requestRetry } from './request-retry.ts';
import { rollback } from './rollback.ts';

/** What should happen to `snapshot` on `command`. Pure: it does nothing. */
export function transition<K extends Command['kind']>(
  definition: WorkflowDefinition,
  snapshot: WorkflowSnapshot,
  command: Extract<Command, { kind: K }>,
): Decision<Replies[K]>;
export function transition(
  definition: WorkflowDefinition,
  snapshot: WorkflowSnapshot,
  command: Command,
): Decision {
  switch (command.kind) {
    case 'advance':
      return advance(definition, snapshot, command);
    case 'request_retry':
      return requestRetry(definition, snapshot, command);
    case 'rollback':
      return rollback(definition, snapshot, command);
    case 'cancel':
      return cancel(definition, snapshot, command);
    case 'claim':
      return claim(definition, snapshot, command);
    case 'ask':
      return ask(definition, snapshot, command);
    case 'answer_question':
      return answer(definition, snapshot, command);
    case 'decide_approval':
      return decideApproval(definition, snapshot, command);
    case 'fail_attempt':
      return failAttempt(definition, snapshot, command);
  }
}
