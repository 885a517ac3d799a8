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

// To start programs that go on running:

export { endGroup, trackGroup } from '../../process/process-group.ts';
export { type SpawnOptions, spawnCommand } from '../../process/spawn-command.ts';
