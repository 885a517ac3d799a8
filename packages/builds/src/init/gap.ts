import type { ProposedCommand } from './toolchain.ts';

const MARK = 'GAP: ';

/**
 * Stands in a configuration for a command that could not be told, and says what is missing. It is no
 * program, so that it fails wherever it is run; `baton doctor` and `baton run` refuse it by its mark.
 *
 * @param missing what is missing, and how to fill it in: one sentence or two, without an end.
 */
export function gap(missing: string): ProposedCommand {
  return { argv: [`${MARK}${missing}`] };
}

/** What is missing where a command stands; undefined for one that is there. */
export function gapIn([program = '']: readonly string[]): string | undefined {
  return program.startsWith(MARK) ? program.slice(MARK.length) : undefined;
}
