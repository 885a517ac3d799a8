import type { RoleContext } from '@baton/core';
import type { CommandResult } from './run-command.ts';

/** More are not named. */
const MOST_HOSTS = 5;

/** What a command tried to reach and may not, and what to do where it needs it; undefined: nothing. */
export function refusedText({
  refusedHosts,
}: Pick<CommandResult, 'refusedHosts'>): string | undefined {
  const unlisted = refusedHosts.filter(({ leadsTo }) => leadsTo === undefined);
  const misled = refusedHosts.filter(({ leadsTo }) => leadsTo !== undefined);
  const parts = [
    ...(unlisted.length === 0
      ? []
      : [
          `tried to reach ${named(unlisted.map(({ host }) => host))}, which sandbox.network does not list; add ${unlisted.length === 1 ? 'it' : 'them'} there if this command needs ${unlisted.length === 1 ? 'it' : 'them'}`,
        ]),
    ...(misled.length === 0
      ? []
      : [
          `tried to reach ${named(misled.map(({ host, leadsTo }) => `${host} at ${leadsTo}`))}, where no name may lead; add that address with its port to sandbox.network, too, if this command needs it`,
        ]),
  ];
  return parts.length === 0 ? undefined : parts.join('; and ');
}

/** Puts into the audit trail what a command tried to reach and may not, also where it did not fail. */
export function noteRefusedHosts(
  { note }: Pick<RoleContext, 'note'>,
  command: string,
  result: Pick<CommandResult, 'refusedHosts'>,
): void {
  const text = refusedText(result);
  if (text !== undefined) note({ code: 'hosts_refused', message: `'${command}' ${text}` });
}

/** Why a command failed, with what it was refused. */
export function withRefused(failure: string, result: Pick<CommandResult, 'refusedHosts'>): string {
  const text = refusedText(result);
  return text === undefined ? failure : `${failure}; it ${text}`;
}

function named(hosts: readonly string[]): string {
  const shown = hosts.slice(0, MOST_HOSTS).join(', ');
  return hosts.length > MOST_HOSTS ? `${shown} and ${hosts.length - MOST_HOSTS} more` : shown;
}
