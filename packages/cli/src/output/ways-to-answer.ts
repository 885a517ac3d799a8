import type { TokenHint } from '@baton/builds';
import { quoted } from '@baton/builds/host';
import { plain } from '@baton/builds/internal';
import type { WorkflowStatus } from '@baton/core';
import type { LocationFlags } from './location-flags.ts';

const THEN = 'Then go on with: ';

/** What a build waits for, and the commands that settle it. */
export function waysToAnswer(
  { workflowId, awaiting, state, questions }: WorkflowStatus,
  where: LocationFlags,
  token: TokenHint,
): readonly string[] {
  const open = questions.filter(({ answer }) => answer === undefined);
  const approval = awaiting?.kind === 'approval' ? awaiting : undefined;
  const by = `${workflowId} --by ${quoted(approval?.approvers[0] ?? '<who>')}`;
  const command = (text: string): string => `  ${where.command(text, 2)}`;
  const settle =
    approval === undefined
      ? open.flatMap(({ id, text, choices, askedBy }) => [
          '',
          `${plain(askedBy)} asks: ${plain(text)}${choices.length === 0 ? '' : ` (${plain(choices.join(' / '))})`}`,
          command(`answer ${workflowId} ${id} "the answer"${where.state}${token.option}`),
        ])
      : [
          '',
          `'${state}' → '${approval.to}' waits for approval${approval.approvers.length === 0 ? '' : ` by ${plain(approval.approvers.join(' or '))}`}`,
          command(`approve ${by}${where.state}${token.option}`),
          command(
            `approve ${by} --reject --reason "what to do differently"${where.state}${token.option}`,
          ),
        ];
  const resume = where.command(`resume ${workflowId}${where.files}`, THEN.length);
  const remark = token.remark === undefined ? [] : [token.remark];
  return [...settle, '', ...remark, `${THEN}${resume}`];
}
