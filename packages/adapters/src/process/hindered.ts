import type { RoleContext } from '@baton/core';
import { adviceFor, describeHindrances } from '../sandbox/hindrances/hindrance.ts';
import { refusals } from '../sandbox/hindrances/refusals.ts';
import type { CommandResult } from './run-command.ts';

type Refused = Pick<CommandResult, 'refusedHosts' | 'wall'>;

/** What a sandbox withheld from a command that may need it, for people. */
export interface Hindered {
  /** A sentence without a full stop: `it ran in the sandbox (bubblewrap): …`. */
  readonly found: string;
  /** The line of configuration that permits it; absent: there is none. */
  readonly advice?: string;
}

/** What the sandbox withheld from a command; undefined: unknown. For people only, never for a role. */
export function hinderedOf(
  result: Refused & Pick<CommandResult, 'hindrances'>,
): Hindered | undefined {
  const all = [...refusals(result.refusedHosts), ...result.hindrances];
  const what = describeHindrances(all);
  if (what === undefined) return undefined;
  const advice = adviceFor(all, result.wall?.settings);
  const found = `it ran in the sandbox (${result.wall?.sandbox.name ?? 'none'}): ${what}`;
  return { found, ...(advice !== undefined && { advice }) };
}

/** Both parts as one text. */
export function hinderedText({ found, advice }: Hindered): string {
  return advice === undefined ? found : `${found}; if it needs that, set ${advice}`;
}

/** Why a command failed, with what the sandbox withheld. For people only, never for a role. */
export function withHindrances(
  failure: string,
  result: Refused & Pick<CommandResult, 'hindrances'>,
): string {
  const hindered = hinderedOf(result);
  return hindered === undefined ? failure : `${failure}; ${hinderedText(hindered)}`;
}

/** Why a command failed, for a role, with the refused hosts, which the command knows anyway. */
export function withRefused(failure: string, result: Refused): string {
  const hindered = hinderedOf({ ...result, hindrances: [] });
  return hindered === undefined ? failure : `${failure}; ${hindered.found}`;
}

/** The hosts that a command was refused although it passed; undefined: none. */
export function refusedText(result: Refused): string | undefined {
  const hindered = hinderedOf({ ...result, hindrances: [] });
  return hindered && hinderedText(hindered);
}

/** Notes in the audit trail what a command tried to reach and may not, also when it passed. */
export function noteHindrances(
  { note }: Pick<RoleContext, 'note'>,
  command: string,
  result: Refused & Pick<CommandResult, 'hindrances'>,
): void {
  const refused = refusedText(result);
  if (refused !== undefined) note({ code: 'hosts_refused', message: `'${command}': ${refused}` });
  const hindered = hinderedOf({ ...result, refusedHosts: [] });
  if (hindered === undefined) return;
  note({ code: 'sandbox_hindered', message: `'${command}' failed; ${hinderedText(hindered)}` });
}

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
