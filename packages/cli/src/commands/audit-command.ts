import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Operations } from '@baton/builds';
import { BatonError } from '@baton/core';
import { type Audit, type AuditProblem, auditTrail, type ChainEnd } from '@baton/core/internal';
import { Argument, type Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { EXIT } from '../exit-codes.ts';
import type { Terminal } from '../output/terminal.ts';
import { type CommonOptions, createOperationCommand, withOperations } from './operation-command.ts';

const ACTIONS = ['head', 'verify'] as const;
type Action = (typeof ACTIONS)[number];

interface AuditOptions extends CommonOptions {
  readonly project?: string;
  readonly head?: string;
}

const EXAMPLES = `
baton audit head wf_1
baton audit head --project shop > heads.txt
baton audit verify wf_1 --head 27:9pX3cW5mYb0kQ2t7uJ4hR1sVnE8aLzGfD6iKoCwTqMg
baton audit verify --project shop --head heads.txt

Each event of a workflow has the digest of the one before it, so that the digest of the last one stands for all: it is
the head. Keep heads where those who can write to the store cannot: verify compares the events with them, and names the
first that was changed, is missing or was added, with exit code 10. Heads of several times make that more exact.`;

/** `unreadable`: a trail with a gap, or with an event that the store cannot read. */
type Found = Audit | { readonly kind: 'unreadable'; readonly message: string };

/** A workflow with an end of its chain, as a line of a file has it. */
const LINE = /^(\S+) (\d{1,15}):([A-Za-z0-9_-]{43})$/;
const HEAD = /^(\d{1,15}):([A-Za-z0-9_-]{43})$/;
/** Workflows that are listed at once. */
const PAGE = 1000;

export function auditCommand(context: CommandContext): Command {
  return createOperationCommand(context, 'audit', EXAMPLES)
    .addArgument(new Argument('<action>', ACTIONS.join(' or ')).choices(ACTIONS))
    .argument('[workflow]', 'id of the workflow (or --project)')
    .option('--project <id>', 'all workflows of this project')
    .option('--head <head>', 'a head, or a file of those that audit head has printed')
    .action((action: Action, workflowId: string | undefined, options: AuditOptions) =>
      withOperations(context, options, async (operations, terminal) => {
        const { project, head } = options;
        if ((workflowId === undefined) === (project === undefined)) {
          throw usageError('workflow', 'expected an id, or --project');
        }
        if ((action === 'verify') !== (head !== undefined)) {
          throw usageError('--head', `${action} takes ${action === 'verify' ? 'one' : 'none'}`);
        }
        const heads = head === undefined ? undefined : readHeads(context, head, workflowId);
        const ids = workflowId === undefined ? idsOf(operations, project) : [workflowId];
        const seen = new Set<string>();
        for await (const id of ids) {
          seen.add(id);
          const audit = await auditOf(operations, id, heads?.get(id) ?? []);
          if (show(terminal, id, audit, heads)) context.exit(EXIT.changed);
        }
        for (const id of heads?.keys() ?? []) {
          if (seen.has(id)) continue;
          const problem: AuditProblem = { kind: 'missing', from: 1, to: 1 };
          if (show(terminal, id, { kind: 'changed', problem }, heads)) context.exit(EXIT.changed);
        }
      }),
    );
}

function usageError(field: string, description: string): BatonError {
  return new BatonError('invalid_input', `${field}: ${description}`, {
    violations: [{ field, description }],
  });
}

type Heads = ReadonlyMap<string, readonly ChainEnd[]>;

/** @throws BatonError `invalid_input` for what is neither a head nor a file of heads; `not_found`. */
function readHeads({ cwd }: CommandContext, given: string, workflowId: string | undefined): Heads {
  const [, sequence, digest] = HEAD.exec(given) ?? [];
  if (sequence !== undefined && digest !== undefined) {
    if (workflowId === undefined) throw usageError('--head', 'of a project: expected a file');
    return new Map([[workflowId, [{ sequence: Number(sequence), digest }]]]);
  }
  const heads = new Map<string, ChainEnd[]>();
  for (const [i, line] of readLines(resolve(cwd, given)).entries()) {
    if (line === '') continue;
    const [, id, sequence, digest] = LINE.exec(line) ?? [];
    if (id === undefined || digest === undefined) {
      throw usageError('--head', `line ${i + 1} of ${given}: expected <workflow> <n>:<digest>`);
    }
    if (workflowId !== undefined && id !== workflowId) continue;
    const known = heads.get(id) ?? [];
    heads.set(id, [...known, { sequence: Number(sequence), digest }]);
  }
  if (workflowId === undefined || heads.has(workflowId)) return heads;
  throw usageError('--head', `found no head of ${workflowId} in ${given}`);
}

function readLines(path: string): readonly string[] {
  try {
    return readFileSync(path, 'utf8').split(/\r?\n/);
  } catch (cause) {
    const text = `--head: found no head such as 27:9pX3…, and no file of heads at ${path}`;
    throw new BatonError('invalid_input', text, { cause });
  }
}

async function* idsOf(operations: Operations, projectId: string | undefined) {
  for (let pageToken: string | undefined; ; ) {
    const page = await operations.list({ projectId, pageSize: PAGE, pageToken });
    for (const { workflowId } of page.workflows) yield workflowId;
    pageToken = page.nextPageToken;
    if (pageToken === undefined) return;
  }
}

async function auditOf(
  operations: Operations,
  workflowId: string,
  heads: readonly ChainEnd[],
): Promise<Found> {
  const events = operations.watch({ workflowId, follow: false });
  // Behind the events: those that come meanwhile are none that were added.
  const last = async () => (await operations.status({ workflowId })).sequence;
  try {
    return await auditTrail(events, heads, last);
  } catch (reason) {
    if (BatonError.from(reason).code !== 'data_loss') throw reason;
    return { kind: 'unreadable', message: BatonError.from(reason).message };
  }
}

/** @returns whether it is not as it was. */
function show(terminal: Terminal, id: string, audit: Found, heads: Heads | undefined): boolean {
  if (terminal.json) terminal.document({ workflowId: id, ...audit });
  else if (audit.kind === 'changed') terminal.line(`${id}: ${inWords(audit.problem)}`);
  else if (audit.kind === 'unreadable') terminal.line(`${id}: ${audit.message}`);
  else if (audit.head !== undefined) {
    const { head, chainedFrom } = audit;
    const shown = `${head.sequence}:${head.digest}`;
    terminal.line(heads === undefined ? `${id} ${shown}` : `${id}: ${verified(id, audit, heads)}`);
    if (chainedFrom > 1) {
      const before = chainedFrom === 2 ? 'event 1' : `events 1 to ${chainedFrom - 1}`;
      terminal.note(
        `${id}: the chain begins with event ${chainedFrom}: no head tells of ${before}`,
      );
    }
  }
  return audit.kind !== 'unchanged';
}

function verified(id: string, { head }: Extract<Audit, { kind: 'unchanged' }>, heads: Heads) {
  const last = Math.max(0, ...(heads.get(id) ?? []).map(({ sequence }) => sequence));
  if (last === 0) return 'no head is known';
  const more = (head?.sequence ?? 0) - last;
  return `unchanged up to event ${last}${more > 0 ? `, ${more} more since` : ''}`;
}

function inWords({ kind, from, to }: AuditProblem): string {
  switch (kind) {
    case 'missing':
      return `event ${from} is missing`;
    case 'added':
      return `event ${from} was added`;
    case 'differs':
      return from === to
        ? `event ${from} differs from what was written`
        : `one of the events ${from} to ${to} differs from what was written`;
  }
}
