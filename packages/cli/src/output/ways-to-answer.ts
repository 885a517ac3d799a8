import type { WorkflowStatus } from '@baton/core';
import { plain } from './table.ts';
import type { Whereabouts } from './whereabouts.ts';

/** What a build waits for, and the commands that settle it. */
export function waysToAnswer(
  { workflowId, awaiting, state, questions }: WorkflowStatus,
  where: Whereabouts,
): readonly string[] {
  const open = questions.filter(({ answer }) => answer === undefined);
  const approval = awaiting?.kind === 'approval' ? awaiting : undefined;
  const approver = approval?.approvers[0] ?? '<who>';
  const settle =
    approval === undefined
      ? open.flatMap(({ id, text, choices, askedBy }) => [
          '',
          `${askedBy} asks: ${plain(text)}${choices.length === 0 ? '' : ` (${plain(choices.join(' / '))})`}`,
          `  baton answer ${workflowId} ${id} "the answer"${where.state}`,
        ])
      : [
          '',
          `'${state}' → '${approval.to}' waits for approval${approval.approvers.length === 0 ? '' : ` by ${approval.approvers.join(' or ')}`}`,
          `  baton approve ${workflowId} --by ${approver}${where.state}`,
          `  baton approve ${workflowId} --by ${approver} --reject --reason "what to do differently"${where.state}`,
        ];
  return [...settle, '', `Then go on with: baton resume ${workflowId}${where.files}`];
}
