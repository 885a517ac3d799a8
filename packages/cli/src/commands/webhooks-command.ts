import type { OpenedStore } from '@baton/adapters/open-store';
import { moment, plain } from '@baton/builds/internal';
import { BatonError } from '@baton/core';
import { Argument, type Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { table } from '../output/table.ts';
import type { Terminal } from '../output/terminal.ts';
import { createCommand, print, terminalOf, wholeNumber } from './operation-command.ts';
import { withServerStore } from './server-store.ts';

const ACTIONS = ['list', 'dead', 'replay', 'enable'] as const;

interface WebhooksOptions {
  readonly database?: string;
  readonly workflow?: string;
  readonly sequence?: number;
  readonly json?: true;
}

const EXAMPLES = `
baton webhooks list
baton webhooks dead ops --database postgres://baton@db/baton
baton webhooks replay ops
baton webhooks replay ops --workflow wf_1 --sequence 12
baton webhooks enable ops

It works on the store of the command serve, whether a server runs or not: DATABASE_URL, else REDIS_URL, else
baton.sqlite in this folder. list shows who is told of events and how that goes; dead shows the events that were
given up; replay has a server deliver those again; enable has one told again that has answered 410. Notifications
are receivers, too.`;

export function webhooksCommand(context: CommandContext): Command {
  return createCommand(context, 'webhooks', EXAMPLES)
    .addArgument(new Argument('<action>', 'what to do').choices(ACTIONS))
    .argument('[name]', 'the receiver, as the policies of the server name it')
    .option('--database <url>', 'sqlite:<path>, postgres://… or redis://… (DATABASE_URL)')
    .option('--workflow <id>', 'replay: only what is of this workflow')
    .option('--sequence <n>', 'replay: only this event of the workflow', wholeNumber)
    .action(async (action: (typeof ACTIONS)[number], name, options: WebhooksOptions) => {
      const terminal = terminalOf(context, options.json);
      checkArguments(action, name, options);
      const where = { database: options.database, create: false };
      await withServerStore(context, where, terminal, (opened) =>
        ACT[action](opened, terminal, name ?? '', options),
      );
    });
}

type Act = (
  opened: OpenedStore,
  terminal: Terminal,
  name: string,
  options: WebhooksOptions,
) => Promise<void>;

const ACT: Readonly<Record<(typeof ACTIONS)[number], Act>> = {
  async list({ documents }, terminal) {
    const { deliveryStatus } = await import('@baton/server');
    const receivers = await deliveryStatus(documents);
    print(terminal, { receivers }, () => {
      if (receivers.length === 0) return ['no server of this store tells anyone of events'];
      const rows = receivers.map((one) => [
        one.name,
        one.disabled === undefined ? 'yes' : 'no',
        moment(one.since),
        String(one.failing),
        one.nextAt === undefined ? '-' : moment(one.nextAt),
        String(one.deadLetters),
        plain(one.disabled?.reason ?? one.failure ?? '-'),
      ]);
      const headings = ['NAME', 'TOLD', 'SINCE', 'FAILING', 'NEXT TRY', 'DEAD', 'REASON'];
      return table(headings, rows, terminal.room);
    });
  },
  async dead({ documents }, terminal, name) {
    const { listDeadLetters } = await import('@baton/server');
    const deadLetters = await listDeadLetters(documents, name);
    print(terminal, { name, deadLetters }, () => {
      if (deadLetters.length === 0) return [`${name} has no dead letters`];
      const rows = deadLetters.map(({ workflowId, sequence, type, at, tries, reason }) => [
        ...[workflowId, String(sequence), type, moment(at), String(tries), plain(reason)],
      ]);
      const headings = ['WORKFLOW', 'EVENT', 'TYPE', 'GIVEN UP', 'TRIES', 'REASON'];
      return table(headings, rows, terminal.room);
    });
  },
  async replay(opened, terminal, name, { workflow, sequence }) {
    const { replayDeadLetters } = await import('@baton/server');
    const chosen = { workflowId: workflow, sequence };
    const replayed = await replayDeadLetters(opened, name, chosen);
    print(terminal, { name, replayed }, () => [
      replayed === 0
        ? `${name} has no such dead letters`
        : `a server delivers ${replayed} of the dead letters of ${name} again`,
    ]);
  },
  async enable({ documents }, terminal, name) {
    const { enableDeliveries } = await import('@baton/server');
    await enableDeliveries(documents, name);
    print(terminal, { name, enabled: true }, () => [`${name} is told of events again`]);
  },
};

/** @throws BatonError for what does not go together. */
function checkArguments(
  action: string,
  name: string | undefined,
  { workflow, sequence }: WebhooksOptions,
): void {
  const refuse = (field: string, description: string) => {
    throw new BatonError('invalid_input', `${field}: ${description}`, {
      violations: [{ field, description }],
    });
  };
  if (action === 'list' && name !== undefined) refuse('name', `list takes none, found '${name}'`);
  if (action !== 'list' && name === undefined) {
    refuse('name', `${action} expects the name of a receiver; the action list shows them`);
  }
  if (action !== 'replay' && (workflow ?? sequence) !== undefined) {
    refuse(workflow === undefined ? '--sequence' : '--workflow', 'goes with replay only');
  }
  if (sequence !== undefined && workflow === undefined) {
    refuse('--sequence', 'goes with --workflow only');
  }
}
