import type { Operations } from '@baton/builds';
import {
  connect,
  createConfigRedactor,
  definitionOf,
  findWorkflowConfig,
  maskedOperations,
  serverOf,
  type Where,
} from '@baton/builds/internal';
import type { Reply, WorkflowDefinition } from '@baton/core';
import { present } from '@baton/core/internal';
import { Command, InvalidArgumentError, Option } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { EXIT_CODES_HELP } from '../exit-codes.ts';
import { asTyped } from '../invocation/as-typed.ts';
import { createTerminal, type Terminal } from '../output/terminal.ts';
import { wrapText } from '../output/wrap.ts';
import { type CommandName, descriptionOf } from './descriptions.ts';

export interface CommonOptions extends Where {
  readonly json?: boolean;
}

const INDENT = '  ';
/** Characters in a line of prose that read well. */
const PROSE = 100;

/** A command with what all of them have: `--json`, examples and the exit codes in its help. */
export function createCommand(
  { invocation, stdout }: CommandContext,
  name: CommandName,
  examples: string,
): Command {
  const typed = () => helpText(asTyped(examples.trim(), invocation), stdout.columns || 80);
  return new Command(name)
    .description(descriptionOf(name))
    .option('--json', 'print JSON and nothing else')
    .addHelpText('after', () => `\nExamples:\n${typed()}`)
    .addHelpText('after', EXIT_CODES_HELP);
}

/** Commands each on its line, and the paragraphs after them broken at words. */
function helpText(text: string, columns: number): string {
  const [commands = '', ...paragraphs] = text.split('\n\n');
  return [
    commands.replace(/^/gm, INDENT),
    ...paragraphs.map((one) =>
      wrapText(`${INDENT}${one.replaceAll('\n', ' ')}`, Math.min(columns, PROSE), INDENT.length),
    ),
  ].join('\n\n');
}

/** Creates a command on the state of builds, on a server or in a workspace. */
export function createOperationCommand(
  context: CommandContext,
  name: CommandName,
  examples: string,
): Command {
  return createCommand(context, name, examples)
    .option('--server <url>', 'the server that keeps the state (default: BATON_SERVER)')
    .addOption(
      new Option(
        '--workspace <repo>',
        'the repository whose own database keeps the state (default: this folder)',
      ).conflicts('server'),
    );
}

/** What every change may name, so that it can be repeated safely and is refused when outdated. */
export function withRepetition(command: Command): Command {
  return command
    .option('--request-id <id>', 'idempotency key: the same id and request get the same reply')
    .option('--expected-revision <n>', 'refuse the change on any other revision', wholeNumber);
}

/** The token that a change takes which a person decides, of a build that was run here. */
export function withToken(command: Command): Command {
  return command.addOption(
    new Option(
      '--token <token>',
      'the approval token of a build that was run here (default: BATON_APPROVAL_TOKEN)',
    ).conflicts('server'),
  );
}

/** The same for what is done under a claim. */
export function withExpectations(command: Command): Command {
  return withRepetition(command)
    .option('--expected-epoch <n>', 'refuse the change in any other epoch', wholeNumber)
    .option('--claim-token <token>', 'the claim under which the work was done');
}

export interface ExpectationOptions {
  readonly requestId?: string | undefined;
  readonly expectedRevision?: number | undefined;
  readonly expectedEpoch?: number | undefined;
  readonly claimToken?: string | undefined;
}

/** The expectations among a command's options. */
export function expectationsOf(options: ExpectationOptions): ExpectationOptions {
  const { requestId, expectedRevision, expectedEpoch, claimToken } = options;
  // Not every change knows of all of them.
  return present({ requestId, expectedRevision, expectedEpoch, claimToken });
}

export function withPages(command: Command): Command {
  return command
    .option('--page-size <n>', 'entries on a page, 1 to 1000', wholeNumber, 100)
    .option('--page-token <token>', 'go on where the page before ended');
}

export interface PageOptions {
  readonly pageSize: number;
  readonly pageToken?: string | undefined;
}

export function pageOf({ pageSize, pageToken }: PageOptions): PageOptions {
  return { pageSize, pageToken };
}

export function terminalOf(context: CommandContext, json: boolean | undefined): Terminal {
  return createTerminal({ stdout: context.stdout, stderr: context.stderr, json: json ?? false });
}

/** Does `work` where the options say, and leaves nothing open. */
export async function withOperations<T>(
  context: CommandContext,
  options: CommonOptions,
  work: (operations: Operations, terminal: Terminal) => Promise<T>,
  definition?: WorkflowDefinition,
): Promise<T> {
  const { operations, close } = await connect(options, context, definition);
  try {
    return await work(operations, terminalOf(context, options.json));
  } finally {
    await close();
  }
}

/**
 * The same for a change, to one workflow or a new one: what is said is masked as its configuration
 * asks, and the rules of a build that was run here hold.
 *
 * @throws BatonError also when there is a configuration and it cannot be read.
 */
export async function withChanges<T>(
  context: CommandContext,
  options: CommonOptions & { readonly workflowId: string | undefined },
  work: (operations: Operations, terminal: Terminal) => Promise<T>,
): Promise<T> {
  const found = await findWorkflowConfig(options.workflowId, options.workspace, context);
  const redact = createConfigRedactor(found?.config ?? { secrets: [], models: {} }, context.env);
  // On a server, that server's definition counts.
  const embedded = serverOf(options, context) === undefined;
  const definition = embedded && found?.own ? definitionOf(found.config) : undefined;
  return withOperations(
    context,
    options,
    (operations, terminal) => work(maskedOperations(operations, redact), terminal),
    definition,
  );
}

/** Prints a reply: for machines as it is, for people as `lines`. */
export function print(terminal: Terminal, reply: unknown, lines: () => readonly string[]): void {
  if (terminal.json) terminal.document(reply);
  else for (const line of lines()) terminal.line(line);
}

/** Every count of Baton's fits into 32 bits. */
const MAX_COUNT = 0xffff_ffff;

export function wholeNumber(text: string): number {
  const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (value <= MAX_COUNT) return value;
  throw new InvalidArgumentError(`Expected a whole number, 0 to ${MAX_COUNT}.`);
}

/** A whole number that may be below zero. */
export function integer(text: string): number {
  if (/^-?\d{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Expected a whole number.');
}

export function positiveNumber(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value) && value > 0) return value;
  throw new InvalidArgumentError('Expected a number above 0.');
}

type Field = readonly [label: string, value: string | number | undefined];

/** What every reply to a change has, for people. */
export function replyFields(reply: Reply & { readonly previousState?: string }): readonly Field[] {
  const { workflowId, previousState, state, role, revision, epoch } = reply;
  return [
    ['workflow', workflowId],
    ['state', previousState === undefined ? state : `${previousState} → ${state}`],
    ['role to act', role],
    ['revision', revision],
    ['epoch', epoch],
  ];
}
