// To run builds:

export { type CommandRoleOptions, createCommandRole } from './command-role.ts';

// To write role adapters that run programs:

export {
  hinderedText,
  noteHindrances,
  withHindrances,
  withRefused,
} from '../../process/hindered.ts';
export { forAttempt, keepOutput } from '../../process/keep-output.ts';
export {
  type CommandResult,
  type RunCommandOptions,
  runCommand,
} from '../../process/run-command.ts';
