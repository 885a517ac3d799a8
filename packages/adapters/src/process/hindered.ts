import type { RoleContext } from '@baton/core';
import { adviceFor, describeHindrances } from '../sandbox/hindrances/hindrance.ts';
import { refusals } from '../sandbox/hindrances/refusals.ts';
import type { CommandResult } from './run-command.ts';

type Refused = Pick<CommandResult, 'refusedHosts' | 'wall'>;

/** What a sandbox did not give a command that may need it, for people. */
export interface Hindered {
  /** A sentence without its end: `it ran in the sandbox (bubblewrap): …`. */
  readonly found: string;
  /** The line of configuration that gives it; absent: none does. */
  readonly advice?: string;
}

/** What a command was kept from; undefined: nothing is known. For people alone, never for a role. */
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

/** The same in one text, with what to do. */
export function hinderedText({ found, advice }: Hindered): string {
  return advice === undefined ? found : `${found}; if it needs that, set ${advice}`;
}

/** Why a command failed, with what it was kept from. For people alone, never for a role. */
export function withHindrances(
  failure: string,
  result: Refused & Pick<CommandResult, 'hindrances'>,
): string {
  const hindered = hinderedOf(result);
  return hindered === undefined ? failure : `${failure}; ${hinderedText(hindered)}`;
}

/** Why a command failed, for a role: with the hosts that were refused, which the command knows itself. */
export function withRefused(failure: string, result: Refused): string {
  const hindered = hinderedOf({ ...result, hindrances: [] });
  return hindered === undefined ? failure : `${failure}; ${hindered.found}`;
}

/** What a command was refused though it did not fail; undefined: nothing. */
export function refusedText(result: Refused): string | undefined {
  const hindered = hinderedOf({ ...result, hindrances: [] });
  return hindered && hinderedText(hindered);
}

/** Puts into the audit trail what a command tried to reach and may not, also where it did not fail. */
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
