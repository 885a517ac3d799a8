import {
  approvalText,
  embeddedDefinition,
  embeddedDefinitions,
  plain,
  separationText,
  serverOf,
} from '@baton/builds/internal';
import {
  BatonError,
  type DefinitionDescription,
  type DefinitionRequest,
  type DefinitionVersion,
} from '@baton/core';
import { type Command, InvalidArgumentError } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { table } from '../output/table.ts';
import {
  type CommonOptions,
  createOperationCommand,
  print,
  terminalOf,
  withOperations,
} from './operation-command.ts';

const EXAMPLES = `
baton definition
baton definition build@1 --json
baton definition --list
baton definition --server http://127.0.0.1:7481`;

export function definitionCommand(context: CommandContext): Command {
  return createOperationCommand(context, 'definition', EXAMPLES)
    .argument(
      '[name[@version]]',
      'which one (default: the first, its newest version)',
      toDefinitionRequest,
    )
    .option('--list', 'list the names and versions that there are')
    .action(async (request: DefinitionRequest | undefined, options: DefinitionOptions) => {
      if (options.list) {
        if (request !== undefined) throw listOfOne();
        return printList(context, options);
      }
      const describe = async (): Promise<DefinitionDescription> =>
        serverOf(options, context) === undefined
          ? await embeddedDefinition(request ?? {})
          : withOperations(context, options, async (operations) =>
              operations.describeDefinition(request ?? {}),
            );
      const found = await describe();
      const terminal = terminalOf(context, options.json);
      print(terminal, found, () => linesOf(found, terminal.room));
    });
}

interface DefinitionOptions extends CommonOptions {
  readonly list?: true;
}

async function printList(context: CommandContext, options: CommonOptions): Promise<void> {
  const list = async (): Promise<readonly DefinitionVersion[]> =>
    serverOf(options, context) === undefined
      ? await embeddedDefinitions()
      : withOperations(context, options, async (operations) => operations.listDefinitions());
  const definitions = await list();
  const terminal = terminalOf(context, options.json);
  print(terminal, { definitions }, () =>
    definitions.map(
      ({ name, version, isDefault }) => `${plain(name)}@${version}${isDefault ? ' (default)' : ''}`,
    ),
  );
}

function listOfOne(): BatonError {
  const description = 'lists all definitions: leave out the name';
  return new BatonError('invalid_input', `--list: ${description}`, {
    violations: [{ field: '--list', description }],
  });
}

function linesOf(definition: DefinitionDescription, room: number) {
  const { name, version, states, transitions, approvals, separations } = definition;
  const ways = (from: string): string => {
    const kinds = (['forward', 'retry', 'recovery'] as const).map((kind) => {
      const targets = transitions.filter((one) => one.from === from && one.kind === kind);
      return targets.length === 0 ? '' : `${targets.map(({ to }) => to).join(' ')} (${kind})`;
    });
    return kinds.filter((text) => text !== '').join(', ');
  };
  return [
    `${name}@${version}: ${states.length} states, ${transitions.length} transitions; every state but the final ones leads to error, too`,
    '',
    ...table(
      ['STATE', 'KIND', 'OWNERS', 'GATES', 'LEADS TO'],
      states.map((state) => [
        state.name,
        state.kind,
        state.owners.join(', ') || '-',
        state.gates.map((gate) => gate.name).join(' ') || '-',
        ways(state.name) || '-',
      ]),
      room,
    ),
    ...listed('needs approval:', approvals.map(approvalText)),
    ...listed('separated duties:', separations.map(separationText)),
  ];
}

function listed(title: string, rules: readonly string[]): readonly string[] {
  return rules.length === 0 ? [] : ['', title, ...rules.map((rule) => `  ${rule}`)];
}

/** A definition as it is named on the command line. */
export interface NamedDefinition {
  readonly name: string;
  readonly version?: number;
}

/** @throws InvalidArgumentError for what is no name, with or without a version. */
export function toDefinitionRequest(text: string): NamedDefinition {
  const [, name, version] = /^([^@]+)(?:@(\d{1,9}))?$/.exec(text) ?? [];
  if (name === undefined) throw new InvalidArgumentError('Expected a name, or name@version.');
  return version === undefined ? { name } : { name, version: Number(version) };
}
