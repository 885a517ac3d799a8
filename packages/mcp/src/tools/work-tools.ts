import { setTimeout as sleep } from 'node:timers/promises';
import { BatonError, type Outcome } from '@baton/core';
import { outcomeSchema } from '@baton/core/internal';
import type { McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';
import type { McpOptions } from '../mcp-options.ts';
import type { TakenWork } from '../work/work-desk.ts';
import { principal, workflowId } from './build-tools.ts';
import { addTool, CHANGING, READING } from './tool.ts';
import { MOST_WAIT_SECONDS, type Waits } from './waits.ts';

const workId = z.string().describe('Id of the work, as take_work answers it');
const POLL_MS = 500;

const workView = z.object({
  workId: z.string(),
  folder: z.string().optional().describe('Absolute path of the folder to work in'),
  assignment: z
    .looseObject({
      workflowId: z.string(),
      state: z.string(),
      role: z.string(),
      instructions: z.string(),
      outputSchema: z.record(z.string(), z.unknown()).describe('JSON Schema of the result'),
    })
    .describe('What to do: request, results of the phases before, feedback, gates'),
});

/** Tools by which a client performs roles itself. */
export function addWorkTools(
  server: McpServer,
  { desk, user = 'mcp' }: McpOptions,
  waits: Waits,
): void {
  addTool(server, {
    name: 'take_work',
    title: 'Take work',
    description:
      'Takes an assignment of one of the roles for you to perform: no other worker gets it. Do what it says, then submit_work. Call report_progress now and then, at least every ten minutes: it keeps the work yours.',
    input: z.object({
      roles: z.array(z.string()).min(1).describe('Roles that you can perform, such as code_writer'),
      workflowId: workflowId.optional(),
      waitSeconds: z
        .int()
        .min(0)
        .max(MOST_WAIT_SECONDS)
        .default(20)
        .describe('How long to wait for work'),
      worker: z.string().optional().describe('Who you are, for the audit trail'),
      principal,
    }),
    output: z.object({ work: workView.optional().describe('Absent: there is none now') }),
    annotations: CHANGING,
    async perform({ roles, workflowId, waitSeconds, worker = user, ...given }, { mcpReq }) {
      const { models = [], modelFamilies = [] } = given.principal ?? {};
      const wanted = { roles, workflowId, worker, principal: { models, modelFamilies } };
      const { signal } = mcpReq;
      const taken = await waits.during(waitSeconds, signal, (ending) =>
        takeUntil(() => desk.take(wanted), ending),
      );
      if (taken === undefined) return {};
      if (!signal.aborted) return { work: toWorkView(taken) };
      // The answer would not arrive, and the work would wait for its claim to end.
      await desk.giveBack(taken.workId);
      throw new BatonError('cancelled', 'the client has gone: the work is given back');
    },
  });

  addTool(server, {
    name: 'read_assignment',
    title: 'Read the assignment',
    description: 'Answers the assignment again that you have taken, and keeps it yours.',
    input: z.object({ workId }),
    output: z.object({ work: workView }),
    annotations: READING,
    async perform({ workId }) {
      return { work: toWorkView(await desk.read(workId)) };
    },
  });

  addTool(server, {
    name: 'report_progress',
    title: 'Report progress',
    description: 'Tells watchers of the build what you are doing, and keeps the work yours.',
    input: z.object({
      workId,
      messages: z.array(z.string().min(1).max(4096)).min(1).max(100),
    }),
    output: z.object({ reported: z.number() }),
    annotations: CHANGING,
    async perform({ workId, messages }) {
      await desk.report(workId, messages);
      return { reported: messages.length };
    },
  });

  addTool(server, {
    name: 'submit_work',
    title: 'Submit work',
    description:
      'Ends your assignment with an outcome: advance with the result that the assignment asks for, request_retry to send the work back to the role before, ask for questions that only a person can answer, or fail. What is refused you correct and submit again.',
    input: z.object({ workId, outcome: outcomeSchema as unknown as z.ZodType<Outcome> }),
    output: z.object({
      kind: z.enum(['handed_over', 'checking', 'refused']),
      reasons: z.array(z.string()).describe('Why it was refused'),
    }),
    annotations: CHANGING,
    async perform({ workId, outcome }) {
      const { kind, reasons } = await desk.submit(workId, outcome);
      return { kind, reasons: [...reasons] };
    },
  });
}

/** Looks for work until there is some or the time is over. */
async function takeUntil(
  take: () => Promise<TakenWork | undefined>,
  ending: AbortSignal,
): Promise<TakenWork | undefined> {
  for (;;) {
    const taken = await take();
    if (taken !== undefined || ending.aborted) return taken;
    await sleep(POLL_MS, undefined, { signal: ending }).catch(() => undefined);
    if (ending.aborted) return undefined;
  }
}

function toWorkView({ workId, assignment, folder }: TakenWork) {
  return { workId, ...(folder !== undefined && { folder }), assignment: { ...assignment } };
}
