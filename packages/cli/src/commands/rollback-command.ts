import { resolve } from 'node:path';
import type { SetAside } from '@baton/adapters/workspace';
import { moment, repositoryOf, restoreFiles, serverOf } from '@baton/builds/internal';
import { BatonError, type RollbackRequest } from '@baton/core';
import { type Command, Option } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { rollbackPlanLines } from '../output/rollback-plan-lines.ts';
import { setAsideText } from '../output/set-aside-text.ts';
import { fields } from '../output/table.ts';
import {
  type CommonOptions,
  createOperationCommand,
  type ExpectationOptions,
  expectationsOf,
  print,
  replyFields,
  withChanges,
  withExpectations,
  withOperations,
  withToken,
} from './operation-command.ts';

interface RollbackOptions extends CommonOptions, ExpectationOptions {
  readonly to: string;
  readonly reason?: string;
  readonly by?: string;
  readonly preview?: true;
  readonly expectedPlan?: string;
}

const EXAMPLES = `
baton rollback wf_1 --to planning --preview
baton rollback wf_1 --to planning --reason "the plan was wrong"
baton rollback wf_1 --to planning --reason "the plan was wrong" --expected-plan 3f0c…
baton rollback wf_1 --to implementation --reason "start over" --by ada --server http://127.0.0.1:7481

With --preview nothing changes: it shows what would be withdrawn, and the digest of this plan. A rollback with
--expected-plan is refused when it would do anything else by then.`;

export function rollbackCommand(context: CommandContext): Command {
  const command = createOperationCommand(context, 'rollback', EXAMPLES)
    .argument('<workflow>', 'id of the workflow')
    .requiredOption('--to <state>', 'a phase on the way that led here')
    .option('--reason <text>', 'why; needed unless it is a preview')
    .option('--by <who>', "role or person (default: the workflow's user)")
    .addOption(
      new Option('--preview', 'show what it would withdraw, and change nothing').conflicts([
        'reason',
        'expectedPlan',
      ]),
    )
    .option('--expected-plan <digest>', 'refuse the rollback when its plan is another one by now');
  return withToken(withExpectations(command)).action(
    async (workflowId: string, options: RollbackOptions) => {
      const { to, reason, by, expectedPlan } = options;
      if (options.preview) {
        return withOperations(context, options, async (operations, terminal) => {
          const plan = await operations.planRollback({ workflowId, targetState: to });
          print(terminal, plan, () => rollbackPlanLines(plan, terminal.room));
        });
      }
      if (reason === undefined) throw noReason();
      const request: RollbackRequest = {
        workflowId,
        targetState: to,
        reason,
        by,
        expectedPlan,
        ...expectationsOf(options),
      };
      await withChanges(context, { ...options, workflowId }, async (operations, terminal) => {
        const reply = await operations.rollback(request);
        // On a server it is the runner that restores the files, where they are.
        if (serverOf(options, context) === undefined) {
          const workspace = repositoryOf(resolve(context.cwd, options.workspace ?? '.'));
          const onSetAside = (aside: SetAside) => terminal.note(setAsideText(aside));
          await restoreFiles({ workspace, workflowId, env: context.env, onSetAside });
        }
        print(terminal, reply, () =>
          fields([
            ...replyFields(reply),
            ['rolled back by', reply.rolledBackBy],
            ['at', moment(reply.at)],
          ]),
        );
      });
    },
  );
}

function noReason(): BatonError {
  const violations = [{ field: '--reason', description: 'is missing: why to roll back' }];
  const message = '--reason: is missing: why to roll back; or look first, with --preview';
  return new BatonError('invalid_input', message, { violations });
}
