import {
  duration,
  MARK,
  markedLines,
  moment,
  oneLine,
  plain,
  requestIn,
  visible,
} from '@baton/builds/internal';
import { isCancelled, type WorkflowDescription, type WorkflowStatus } from '@baton/core';
import { addPhaseUsage, NO_PHASE_USAGE } from '@baton/core/internal';
import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { fields } from '../output/table.ts';
import { tokensAndCost } from '../output/usage.ts';
import { chooseWorkflow, NEWEST } from './choose-workflow.ts';
import { unlessOlder } from './older-server.ts';
import {
  type CommonOptions,
  createOperationCommand,
  print,
  withOperations,
} from './operation-command.ts';

const EXAMPLES = `
baton status
baton status wf_1
baton status wf_1 --outputs
baton status wf_1 --server http://127.0.0.1:7481 --json`;

interface StatusOptions extends CommonOptions {
  readonly outputs?: true;
}

export function statusCommand(context: CommandContext): Command {
  return createOperationCommand(context, 'status', EXAMPLES)
    .argument('[workflow]', NEWEST)
    .option('--outputs', 'show what each phase has handed in')
    .action((named: string | undefined, options: StatusOptions) =>
      withOperations(context, options, async (operations, terminal) => {
        const workflowId = await chooseWorkflow(named, options, context, terminal, operations);
        const status = await operations.status({ workflowId });
        const described = operations.describeWorkflow({
          workflowId,
          withoutOutputs: !options.outputs,
        });
        // Without the outputs, it adds the request alone.
        const workflow = await (options.outputs
          ? described
          : unlessOlder(described, 'the request', terminal));
        const { requirements } = workflow ?? {};
        print(terminal, { ...status, requirements, ...contentsOf(workflow, options) }, () => [
          ...fields(statusFields(status, requirements), terminal.room),
          ...failing(status),
          ...openQuestions(status),
          ...(options.outputs && workflow !== undefined ? outputLines(workflow) : []),
        ]);
      }),
    );
}

function contentsOf(workflow: WorkflowDescription | undefined, { outputs: asked }: StatusOptions) {
  if (!asked || workflow === undefined) return {};
  const { metadata, outputs, phaseToApprove } = workflow;
  return { metadata, outputs, phaseToApprove };
}

function statusFields(
  status: WorkflowStatus,
  requirements: WorkflowDescription['requirements'],
): readonly (readonly [string, string | number])[] {
  const { claim, failure, completedAt, completedPhases, definition, expectedNext } = status;
  const cancelled = isCancelled(status);
  return [
    ['workflow', status.workflowId],
    ['build', `${plain(status.buildId)} of project ${plain(status.projectId)}`],
    ['request', requirements === undefined ? '' : firstLine(requestIn(requirements))],
    ['asked for by', plain(status.userId)],
    ['definition', `${definition.name}@${definition.version}`],
    ['state', status.state],
    ['progress', `${status.progressPercent} %`],
    ['role to act', status.role ?? ''],
    ['attempt', `${status.attempt} at this step`],
    [
      'performed by',
      claim === undefined ? '' : `${plain(claim.worker)}, ${until(claim.expiresAt)}`,
    ],
    ['failed in', failure === undefined || cancelled ? '' : `${failure.state} (${failure.code})`],
    ['cancelled in', cancelled ? `${failure?.state} by ${plain(failure?.by ?? '')}` : ''],
    ['because', failure === undefined ? '' : plain(failure.message)],
    ['next', plain(expectedNext.description)],
    ['done', completedPhases.join(', ')],
    ['priority', status.priority === 0 ? '' : status.priority],
    ['retries', `${status.retries} of ${status.maxRetries} in this build`],
    ['handoffs', status.handoffs],
    ['used', tokensAndCost(Object.values(status.usage).reduce(addPhaseUsage, NO_PHASE_USAGE))],
    ['started', moment(status.createdAt)],
    [completedAt === undefined ? 'running for' : 'took', duration(status.elapsedMs)],
    ['times out', completedAt === undefined ? moment(status.deadline) : ''],
    ['revision', `${status.revision}, epoch ${status.epoch}`],
  ];
}

/** Characters of a request that say what it is about. */
const REQUEST_CHARACTERS = 200;

function firstLine(request: string): string {
  const [first = '', ...more] = request.trim().split(/\r\n|[\r\n]/);
  const shown = oneLine(first, REQUEST_CHARACTERS);
  return more.length === 0 || shown.endsWith('…') ? shown : `${shown} …`;
}

/** Each output as JSON that cannot be taken for Baton's own lines. */
function outputLines({ outputs, phaseToApprove }: WorkflowDescription): readonly string[] {
  return outputs.flatMap(({ state, output }) => [
    '',
    `${state}${state === phaseToApprove ? ', which waits for approval' : ''}:`,
    ...(output === undefined
      ? ['  (too large to show with the others)']
      : visible(JSON.stringify(output, null, 2))
          .split('\n')
          .map((line) => `${MARK}${line}`)),
  ]);
}

/** What the command that failed wrote. */
function failing({ failure }: WorkflowStatus): readonly string[] {
  const lines = markedLines(
    failure?.details ?? '',
    'failure.details of the same command with --json',
  );
  return lines.length === 0 ? [] : ['', ...lines.map((line) => `  ${line}`)];
}

function openQuestions({ questions }: WorkflowStatus): readonly string[] {
  const open = questions.filter(({ answer }) => answer === undefined);
  return open.flatMap(({ id, text, choices, askedBy }) => [
    '',
    `${id}, asked by ${plain(askedBy)}: ${plain(text)}`,
    ...(choices.length === 0 ? [] : [`  one of: ${plain(choices.join(', '))}`]),
  ]);
}

function until(at: number): string {
  return `until ${moment(at)} unless renewed`;
}
