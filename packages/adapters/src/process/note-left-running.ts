import type { RoleContext } from '@baton/core';
import type { CommandResult } from './run-command.ts';

/** Names to list; the rest is counted. */
const MOST_NAMES = 5;

/** Notes in the audit trail that a command left processes running, which Baton then ended. */
export function noteLeftRunning(
  { note }: Pick<RoleContext, 'note'>,
  command: string,
  { leftRunning }: Pick<CommandResult, 'leftRunning'>,
): void {
  if (leftRunning.length === 0) return;
  const names = [...new Set(leftRunning)];
  const shown = names.slice(0, MOST_NAMES).join(', ');
  const more = names.length > MOST_NAMES ? ` and ${names.length - MOST_NAMES} more` : '';
  const message = `'${command}' left processes running, which were ended: ${shown}${more}`;
  note({ code: 'processes_ended', message });
}
