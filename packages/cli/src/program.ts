import { Command } from 'commander';
import type { CommandContext } from './command-context.ts';
import { advanceCommand } from './commands/advance-command.ts';
import { answerCommand } from './commands/answer-command.ts';
import { approveCommand } from './commands/approve-command.ts';
import { configSchemaCommand } from './commands/config-schema-command.ts';
import { definitionCommand } from './commands/definition-command.ts';
import { doctorCommand } from './commands/doctor-command.ts';
import { exportCommand } from './commands/export-command.ts';
import { historyCommand } from './commands/history-command.ts';
import { importCommand } from './commands/import-command.ts';
import { initCommand } from './commands/init-command.ts';
import { listCommand } from './commands/list-command.ts';
import { migrateCommand } from './commands/migrate-command.ts';
import { pruneCommand } from './commands/prune-command.ts';
import { requestRetryCommand } from './commands/request-retry-command.ts';
import { resumeCommand } from './commands/resume-command.ts';
import { rollbackCommand } from './commands/rollback-command.ts';
import { runCommand } from './commands/run-command.ts';
import { serveCommand } from './commands/serve-command.ts';
import { startCommand } from './commands/start-command.ts';
import { statsCommand } from './commands/stats-command.ts';
import { statusCommand } from './commands/status-command.ts';
import { takeCommand } from './commands/take-command.ts';
import { watchCommand } from './commands/watch-command.ts';
import { demoCommand } from './demo/demo-command.ts';
import { EXIT_CODES_HELP } from './exit-codes.ts';

const EXAMPLES = `
Examples:
  baton init
  baton run "Build me a dark mode feature" --workspace ~/shop
  baton resume
  baton list --state error
  baton status wf_1 --server http://127.0.0.1:7481 --json
  baton serve

Each command says more: baton run --help`;

/** Every command. @throws CommanderError for wrong usage and after `--help`. */
export function createProgram(context: CommandContext, version: string): Command {
  const program = new Command('baton')
    .description('Runs AI software builds as a relay: durable, gated, recorded.')
    .version(version, '--version', 'print the version')
    .addHelpText('after', EXAMPLES)
    .addHelpText('after', EXIT_CODES_HELP);
  const groups = [
    [
      'Builds',
      [
        initCommand,
        doctorCommand,
        runCommand,
        resumeCommand,
        pruneCommand,
        takeCommand,
        demoCommand,
        serveCommand,
      ],
    ],
    [
      'Operations',
      [
        startCommand,
        advanceCommand,
        statusCommand,
        requestRetryCommand,
        historyCommand,
        rollbackCommand,
        answerCommand,
        approveCommand,
        statsCommand,
      ],
    ],
    ['Looking', [listCommand, watchCommand, definitionCommand, configSchemaCommand]],
    ['Stores', [exportCommand, importCommand, migrateCommand]],
  ] as const;
  for (const [heading, commands] of groups) {
    program.commandsGroup(`${heading}:`);
    for (const make of commands) program.addCommand(make(context));
  }
  for (const command of [program, ...program.commands]) {
    command
      .exitOverride()
      .showSuggestionAfterError()
      // What is wrong is reported in one place.
      .configureOutput({
        writeOut: (text) => void context.stdout.write(text),
        writeErr: () => undefined,
      });
  }
  return program;
}
