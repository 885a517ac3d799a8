import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { fields } from '../output/table.ts';
import { type NamedDefinition, toDefinitionRequest } from './definition-command.ts';
import { readJsonArgument } from './json-argument.ts';
import {
  type CommonOptions,
  createOperationCommand,
  integer,
  positiveNumber,
  print,
  replyFields,
  wholeNumber,
  withChanges,
} from './operation-command.ts';

interface StartOptions extends CommonOptions {
  readonly project: string;
  readonly build: string;
  readonly user: string;
  readonly requirements?: string;
  readonly metadata?: string;
  readonly timeout?: number;
  readonly maxRetries?: number;
  readonly priority?: number;
  readonly definition?: NamedDefinition;
  readonly requestId?: string;
}

const EXAMPLES = `
baton start "Build me a dark mode feature" --project shop --build 42 --user ada --server http://127.0.0.1:7481
baton start --requirements @requirements.json --project shop --build 43 --user ada --json`;

export function startCommand(context: CommandContext): Command {
  return createOperationCommand(context, 'start', EXAMPLES)
    .argument('[request]', 'what to build; becomes requirements.request')
    .requiredOption('--project <id>', 'the project')
    .requiredOption('--build <id>', 'the build; unique in the project')
    .requiredOption('--user <id>', 'who asks for it')
    .option('--requirements <json>', "requirements as a JSON object, '@file' or '-'")
    .option('--metadata <json>', "labels of the caller's as a JSON object, '@file' or '-'")
    .option('--timeout <seconds>', 'time until the workflow times out', positiveNumber)
    .option('--max-retries <n>', 'retry requests before it goes to error', wholeNumber)
    .option('--priority <n>', 'which build of the project goes first: -100 to 100', integer)
    .option('--definition <name[@version]>', 'what it runs by', toDefinitionRequest)
    .option('--request-id <id>', 'idempotency key: the same id and request get the same reply')
    .action(async (request: string | undefined, options: StartOptions) => {
      const { timeout, maxRetries, priority, definition, requestId } = options;
      const read = async (name: '--requirements' | '--metadata', value: string | undefined) =>
        value === undefined ? undefined : readJsonArgument(name, value, context);
      const requirements = await read('--requirements', options.requirements);
      const metadata = await read('--metadata', options.metadata);
      await withChanges(
        context,
        { ...options, workflowId: undefined },
        async (operations, terminal) => {
          const reply = await operations.start({
            projectId: options.project,
            buildId: options.build,
            userId: options.user,
            requirements: { ...requirements, ...(request !== undefined && { request }) },
            metadata,
            timeoutMs: timeout === undefined ? undefined : timeout * 1000,
            maxRetries,
            priority,
            definition,
            requestId,
          });
          print(terminal, reply, () => [
            ...fields(replyFields(reply)),
            '',
            ...reply.instructions.split('\n'),
          ]);
        },
      );
    });
}
