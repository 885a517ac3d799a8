import type { ProposedCommand } from './toolchain.ts';

const MARK = 'GAP: ';

/**
 * Returns a placeholder for a command that Baton could not find out, with what is missing. It names no
 * program, so running it fails. `baton doctor` and `baton run` recognise and refuse it.
 *
 * @param missing what is missing and how to add it: one or two sentences, without a final period.
 */
export function gap(missing: string): ProposedCommand {
  return { argv: [`${MARK}${missing}`] };
}

/** Returns what a placeholder says is missing. Undefined for a real command. */
export function gapIn([program = '']: readonly string[]): string | undefined {
  return program.startsWith(MARK) ? program.slice(MARK.length) : undefined;
}
