import { Readable, Writable } from 'node:stream';
import { COMMAND_NAMES } from '../../packages/cli/src/commands/descriptions.ts';
import { createProgram } from '../../packages/cli/src/program.ts';

/** What the documentation needs of an option of the command line. */
interface DocumentedOption {
  readonly flags: string;
  readonly short?: string | undefined;
  readonly long?: string | undefined;
  readonly required: boolean;
  readonly optional: boolean;
}

/** A command with all that its help says. */
export interface DocumentedCommand {
  readonly name: string;
  readonly description: string;
  readonly usage: string;
  readonly options: readonly DocumentedOption[];
  readonly requiredArguments: number;
  readonly mostArguments: number;
  readonly argumentRows: readonly (readonly string[])[];
  readonly optionRows: readonly (readonly string[])[];
  /** Examples, then paragraphs, as `--help` prints them after the options. */
  readonly after: string;
}

/** Every command, in the order of the help. */
export async function documentedCommands(): Promise<readonly DocumentedCommand[]> {
  return Promise.all(COMMAND_NAMES.map(documented));
}

async function documented(name: string): Promise<DocumentedCommand> {
  const captured = capture();
  const program = await createProgram(captured.context, '0.0.0', [name]);
  const command = program.commands.find((one) => one.name() === name);
  if (command === undefined) throw new Error(`the program has no command '${name}'`);
  command.outputHelp();
  const help = command.createHelp();
  const given = command.registeredArguments;
  return {
    name,
    description: command.description(),
    usage: help.commandUsage(command),
    options: command.options,
    requiredArguments: given.filter(({ required }) => required).length,
    mostArguments: given.some(({ variadic }) => variadic) ? Infinity : given.length,
    argumentRows: given.map((one) => [help.argumentTerm(one), help.argumentDescription(one)]),
    optionRows: help
      .visibleOptions(command)
      .filter(({ long }) => long !== '--help')
      .map((one) => [help.optionTerm(one), help.optionDescription(one)]),
    after: captured.written().split('\nExamples:\n')[1]?.split('\nExit codes:')[0] ?? '',
  };
}

function capture() {
  let written = '';
  const stream: Writable & { columns?: number } = new Writable({
    write(chunk, _encoding, done) {
      written += chunk;
      done();
    },
  });
  stream.columns = 10_000;
  const context: Parameters<typeof createProgram>[0] = {
    stdin: Readable.from([]),
    stdout: stream,
    stderr: stream,
    env: {},
    cwd: '/',
    invocation: 'baton',
    exit: () => undefined,
    leave(status) {
      throw new Error(`left with ${status}`);
    },
    onInterrupt: () => () => undefined,
    maskErrors: () => undefined,
    interrupt: () => undefined,
  };
  return { context, written: () => written };
}
