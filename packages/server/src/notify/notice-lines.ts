import type { Notice } from '@baton/core';

/** A notice as a text for people. */
export function noticeLines({ title, text, actions, link, workflowId }: Notice): readonly string[] {
  return [
    `${title}.`,
    '',
    text,
    ...actions.flatMap(({ label, command }) => ['', `${label}:`, `  ${command}`]),
    ...(link === undefined ? [] : ['', link]),
    '',
    `workflow ${workflowId}`,
  ];
}
