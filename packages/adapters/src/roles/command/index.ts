// For those who run builds.

export { type CommandRoleOptions, createCommandRole } from './command-role.ts';

// For those who write role adapters that run programs.

export {
  hinderedText,
  noteHindrances,
  withHindrances,
  withRefused,
} from '../../process/hindered.ts';
export { keepOutput, keptBytes } from '../../process/keep-output.ts';
export {
  type CommandResult,
  type RunCommandOptions,
  runCommand,
} from '../../process/run-command.ts';
