import { BatonError, type WorkflowStatus } from '@baton/core';
import type { McpServer, ServerContext } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { buildView, toBuildView } from '../build-view.ts';
import type { McpOptions } from '../mcp-options.ts';
import { askPerson } from './ask-person.ts';
import { workflowId } from './build-tools.ts';
import { type Asked, addTool, CHANGING, WITHDRAWING } from './tool.ts';

const by = z.string().optional().describe('The person who decides, if it is not the usual one');
const reason = z.string().min(1).describe('What must be done differently: the role reads it');
const agreement = z.object({ agree: z.boolean().describe('Do it') });

/** Tools by which people decide about a build. */
export function addDecisionTools(server: McpServer, options: McpOptions): void {
  const { operations, user = 'mcp', confirm = 'approvals' } = options;

  /** What the person confirms, with the name that the model gives them. */
  function inTheName(by: string, message: string): string {
    return by === user ? message : `${message} (In the name of '${by}')`;
  }

  async function viewOf(id: string): Promise<{ build: z.infer<typeof buildView> }> {
    return { build: toBuildView(await operations.status({ workflowId: id })) };
  }

  /** Where people have to confirm decisions, asks; what it answers is the call's answer. */
  function confirmed(
    context: ServerContext,
    status: WorkflowStatus,
    message: string,
    otherwise: string,
  ): Asked | undefined {
    if (confirm === 'approvals') return undefined;
    // The build may move between question and answer: then the person is asked about what is there now.
    const key = `decision-${status.revision}`;
    const answer = askPerson(server, context, { key, message, form: agreement, otherwise });
    if (answer.kind === 'asked') return answer.asked;
    if (answer.content.agree) return undefined;
    throw new BatonError('cancelled', 'the person said no: nothing was changed');
  }

  addTool(server, {
    name: 'answer_question',
    title: 'Answer a question',
    description:
      'Passes on what your person answers to a question of a role. Do not answer for them.',
    input: z.object({
      workflowId,
      questionId: z.string(),
      answer: z
        .string()
        .min(1)
        .describe("The person's answer; one of the choices, where there are any"),
      by,
    }),
    output: z.object({ build: buildView }),
    annotations: CHANGING,
    async perform({ workflowId, questionId, answer, by = user }, context) {
      const status = await operations.status({ workflowId });
      const text = status.questions.find(({ id }) => id === questionId)?.text ?? questionId;
      const asked = confirmed(
        ...([
          context,
          status,
          inTheName(by, `Answer the question '${text}' with: ${answer}`),
        ] as const),
        `a person answers at a terminal: baton answer ${workflowId} ${questionId} <answer>`,
      );
      if (asked !== undefined) return asked;
      await operations.answerQuestion({ workflowId, questionId, answer, by });
      return viewOf(workflowId);
    },
  });

  addTool(server, {
    name: 'decide_approval',
    title: 'Ask the person for an approval',
    description:
      'Puts a move that waits for approval before your person, who approves or rejects it. You cannot decide it.',
    input: z.object({ workflowId, by }),
    output: z.object({ build: buildView }),
    annotations: WITHDRAWING,
    async perform({ workflowId, by = user }, context) {
      const status = await operations.status({ workflowId });
      const { awaiting, revision } = status;
      if (awaiting?.kind !== 'approval') {
        throw new BatonError('wrong_state', `build ${workflowId} waits for no approval`);
      }
      const answer = askPerson(server, context, {
        key: `approval-${revision}`,
        message: inTheName(
          by,
          `Build '${status.buildId}' (${workflowId}): ${awaiting.role} has finished '${status.state}'. Let it go on to '${awaiting.to}'?`,
        ),
        form: z.object({
          approved: z.boolean().describe('Approve; if not, the work goes back'),
          reason: z
            .string()
            .optional()
            .describe('Why; after a rejection, what must be done differently'),
        }),
        otherwise: `a person decides at a terminal: baton approve ${workflowId}`,
      });
      if (answer.kind === 'asked') return answer.asked;
      const { approved, reason } = answer.content;
      await operations.decideApproval({
        ...{ workflowId, approved, by, expectedRevision: revision },
        ...(reason !== undefined && reason !== '' && { reason }),
      });
      return viewOf(workflowId);
    },
  });

  addTool(server, {
    name: 'request_retry',
    title: 'Request a retry',
    description:
      'Sends the work of a build back to a role, with the reason as feedback. Also takes a build out of error.',
    input: z.object({
      workflowId,
      reason,
      details: z.string().optional().describe('Raw material for it, such as failing output'),
      targetState: z.string().optional().describe('An earlier phase than the usual one'),
      by,
    }),
    output: z.object({ build: buildView }),
    annotations: CHANGING,
    async perform({ workflowId, by = user, ...request }, context) {
      const status = await operations.status({ workflowId });
      const asked = confirmed(
        ...([
          context,
          status,
          inTheName(by, `Send '${status.buildId}' back, because: ${request.reason}`),
        ] as const),
        `a person does it at a terminal: baton request-retry ${workflowId} --reason <reason>`,
      );
      if (asked !== undefined) return asked;
      const { revision: expectedRevision } = status;
      await operations.requestRetry({ workflowId, by, expectedRevision, ...request });
      return viewOf(workflowId);
    },
  });

  addTool(server, {
    name: 'rollback_build',
    title: 'Roll a build back',
    description:
      'Takes a build back to where a phase began, with its files. What was done since then is withdrawn.',
    input: z.object({ workflowId, targetState: z.string(), reason, by }),
    output: z.object({ build: buildView }),
    annotations: WITHDRAWING,
    async perform({ workflowId, targetState, reason, by = user }, context) {
      const status = await operations.status({ workflowId });
      const asked = confirmed(
        ...([
          context,
          status,
          inTheName(by, `Roll '${status.buildId}' back to '${targetState}', because: ${reason}`),
        ] as const),
        `a person does it at a terminal: baton rollback ${workflowId} --to ${targetState} --reason <reason>`,
      );
      if (asked !== undefined) return asked;
      const { revision: expectedRevision } = status;
      await operations.rollback({ workflowId, targetState, reason, by, expectedRevision });
      return viewOf(workflowId);
    },
  });

  addTool(server, {
    name: 'cancel_build',
    title: 'Cancel a build',
    description:
      'Stops a build when your person does not want it any more. A retry or a rollback takes it up again.',
    input: z.object({
      workflowId,
      reason: z.string().min(1).describe('Why, for people who find it stopped'),
      by,
    }),
    output: z.object({ build: buildView }),
    annotations: WITHDRAWING,
    async perform({ workflowId, reason, by = user }, context) {
      const status = await operations.status({ workflowId });
      const asked = confirmed(
        ...([
          context,
          status,
          inTheName(by, `Cancel '${status.buildId}', because: ${reason}`),
        ] as const),
        `a person does it at a terminal: baton cancel ${workflowId} --reason <reason>`,
      );
      if (asked !== undefined) return asked;
      await operations.cancel({ workflowId, reason, by });
      return viewOf(workflowId);
    },
  });
}
