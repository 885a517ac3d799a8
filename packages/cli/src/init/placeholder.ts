import type { ProposedCommand } from './toolchain.ts';

const ENDING = 'into baton.config.json" >&2; exit 1';

/** Stands for a command that nobody can guess. It fails, so that nobody takes it for the real one. */
export function placeholder(field: string): ProposedCommand {
  return { argv: ['sh', '-c', `echo "write ${field} ${ENDING}`] };
}

/** Whether a command is still the one that stands for it. */
export function isPlaceholder(argv: readonly string[]): boolean {
  return argv[0] === 'sh' && argv[2]?.endsWith(ENDING) === true;
}
