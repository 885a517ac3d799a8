import type { BuildSummary, TokenHint } from '@baton/builds';
import { quoted } from '@baton/builds/host';
import { type CommandLines, commandLines } from '@baton/builds/internal';
import type { Failure } from '@baton/core';
import type { CommandContext } from '../command-context.ts';
import type { Terminal } from './terminal.ts';
import { wrapCommand } from './wrap.ts';

/** The phase whose work the later ones check. */
const WORK = 'implementation';

/** Characters in front of them on the screen. */
const INDENT = 2;

/** What a retry has to raise, by the code of the failure. */
const RAISES: Readonly<
  Partial<Record<string, { readonly option: string; readonly effect: string }>>
> = {
  budget_spent: {
    option: " --budget '<name>=<amount>'",
    effect: '; with the cap named above raised',
  },
  timed_out: { option: ' --timeout 3600', effect: '; with so many seconds from then on' },
};

/**
 * Returns the commands that move a failed build on, without those that Baton would refuse.
 *
 * After the last retry, only a rollback can start over. After a cap or a time limit, a retry must raise
 * the limit, and does not count as one of the retries.
 */
export function nextSteps(
  { workflowId, completedPhases, retries, maxRetries }: BuildSummary,
  { code, phase }: Failure,
  where: LocationFlags,
  token: TokenHint,
): readonly string[] {
  const targets = [...new Set([...completedPhases, phase])];
  // Work that was sent back too often was found wanting: to look at it once more changes nothing.
  const isWork = code === 'retries_spent' && targets.includes(WORK);
  const target = isWork ? WORK : phase;
  const others = targets.filter((one) => one !== target);
  const retriesSpent = retries >= maxRetries;
  const capReached = code === 'budget_spent';
  const raise = RAISES[code];
  const retry = [
    where.command(
      `request-retry ${workflowId} --reason "what to do differently"${raise?.option ?? ''}${where.state}${token.option}`,
      INDENT,
    ),
    `    does ${phase} again, the reason as feedback${raise?.effect ?? ''}`,
  ];
  const fresh = retriesSpent ? '; its retries are counted anew' : '';
  const rollback = [
    where.command(
      `rollback ${workflowId} --to ${target} --reason "why"${where.state}${token.option}`,
      INDENT,
    ),
    `    goes back to where ${target} began, with its files${fresh}`,
    ...(others.length === 0 ? [] : [`    or to where another phase began: ${others.join(', ')}`]),
  ];
  return [
    ...(retriesSpent && raise === undefined ? [] : retry),
    // What was used stays used: a rollback alone would stop at the same cap.
    ...(capReached ? [] : rollback),
    where.command(`resume ${workflowId}${where.files}`, INDENT),
    '    then goes on',
    ...(token.remark === undefined ? [] : [token.remark]),
  ];
}

/** How to type commands that find a build, in the shell that they are shown in. */
export interface LocationFlags extends Omit<CommandLines, 'command'> {
  /** Git as it works on the repository. */
  readonly git: string;
  /**
   * A whole command, such as from `resume wf_1 --workspace /shop`; on a terminal that is too narrow
   * on several lines, which a shell takes as one.
   *
   * @param before characters in front of it on its first line.
   */
  command(text: string, before: number): string;
}

/** @param server keeps the state; absent: the workspace does. */
export function locationFlags(
  context: Pick<CommandContext, 'cwd' | 'invocation'>,
  workspace: string,
  { server, terminal }: { readonly server?: string | undefined; readonly terminal?: Terminal } = {},
): LocationFlags {
  const lines = commandLines(context, workspace, server);
  const columns = terminal?.room ?? Number.POSITIVE_INFINITY;
  return {
    ...lines,
    git: context.cwd === workspace ? 'git' : `git -C ${quoted(workspace)}`,
    command: (text, before) => wrapCommand(lines.command(text), columns, before),
  };
}
