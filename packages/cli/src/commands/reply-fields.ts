import type { Reply } from '@baton/core';

type Field = readonly [label: string, value: string | number | undefined];

/** What every reply to a change has, for people. */
export function replyFields(reply: Reply & { readonly previousState?: string }): readonly Field[] {
  const { workflowId, previousState, state, role, revision, epoch } = reply;
  return [
    ['workflow', workflowId],
    ['state', previousState === undefined ? state : `${previousState} → ${state}`],
    ['role to act', role],
    ['revision', revision],
    ['epoch', epoch],
  ];
}
