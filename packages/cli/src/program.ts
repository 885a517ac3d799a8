import { Command, CommanderError } from 'commander';
import type { CommandContext } from './command-context.ts';
import { DESCRIPTIONS, isCommandName } from './commands/descriptions.ts';
import { loadCommand } from './commands/load-command.ts';
import { EXIT, EXIT_CODES_HELP } from './exit-codes.ts';
import type { Reporting } from './failures.ts';
import { asTyped } from './invocation/as-typed.ts';

const EXAMPLES = `
Examples:
  baton init
  baton run "Build me a dark mode feature" --workspace ~/shop
  baton resume
  baton list --state error
  baton status wf_1 --server http://127.0.0.1:7481 --json
  baton serve

Each command says more: baton run --help`;

/**
 * Performs the command that `args` name. What goes wrong is reported, and the context told what to answer.
 *
 * @param reporting how errors are said, when there is one: by then the command may have found secrets.
 */
export async function perform(
  context: CommandContext,
  version: string,
  args: readonly string[],
  reporting: () => Reporting,
): Promise<void> {
  try {
    const program = await createProgram(context, version, args);
    await program.parseAsync(args.length === 0 ? ['--help'] : args, { from: 'user' });
  } catch (reason) {
    if (reason instanceof CommanderError && reason.exitCode === 0) context.exit(EXIT.ok);
    else {
      // Loaded when needed, with all that it stands on: most starts end without.
      const { reportFailure } = await import('./failures.ts');
      context.exit(reportFailure(reason, reporting()));
    }
  }
}

/**
 * All commands. The one that `args` name can be performed; of the others there is what the help says.
 *
 * @throws CommanderError, when it parses, for wrong usage and after `--help`.
 */
export async function createProgram(
  context: CommandContext,
  version: string,
  args: readonly string[],
): Promise<Command> {
  const program = new Command(context.invocation)
    .description('Runs AI software builds as a relay: durable, gated, recorded.')
    .version(version, '--version', 'print the version')
    .addHelpText('after', asTyped(EXAMPLES, context.invocation))
    .addHelpText('after', EXIT_CODES_HELP);
  // Those of the program itself take no value: the first word that is none of them is the command.
  const words = args.filter((arg) => !arg.startsWith('-'));
  const wanted = words[0] === 'help' ? words[1] : words[0];
  for (const [heading, commands] of Object.entries(DESCRIPTIONS)) {
    program.commandsGroup(`${heading}:`);
    for (const [name, description] of Object.entries(commands)) {
      const isWanted = name === wanted && isCommandName(name);
      program.addCommand(
        isWanted ? await loadCommand(name, context, version) : createStub(name, description),
      );
    }
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

/** For the list of commands. */
function createStub(name: string, description: string): Command {
  return new Command(name).description(description);
}
