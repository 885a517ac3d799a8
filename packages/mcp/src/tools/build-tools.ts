import { BatonError, type WorkflowEvent } from '@baton/core';
import type { McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { buildView, eventView, toBuildView, toEventView } from '../build-view.ts';
import type { McpOptions } from '../mcp-options.ts';
import { addTool, CHANGING, READING } from './tool.ts';
import { MOST_WAIT_SECONDS, type Waits } from './waits.ts';

export const workflowId = z
  .string()
  .describe('Id of the build, as start_build and list_builds answer it');

/** Which models the client asks: what separation of duties compares. */
export const principal = z
  .object({
    models: z.array(z.string()).default([]).describe('As provider:model'),
    modelFamilies: z.array(z.string()).default([]).describe('Such as claude or gpt'),
  })
  .optional()
  .describe('Which models you are. Needed where a definition keeps roles apart by model or family');

/** As many events as one answer has. */
const MOST_EVENTS = 100;

/** Tools that start builds, look at them and follow them. */
export function addBuildTools(server: McpServer, options: McpOptions, waits: Waits): void {
  const { operations, startBuild, user = 'mcp' } = options;

  addTool(server, {
    name: 'start_build',
    title: 'Start a build',
    description:
      'Starts a build, or goes on with the one of the same request. Answers its id; follow it with wait_for_change.',
    input: z.object({
      request: z.string().min(1).describe('What to build, in words'),
      projectId: z.string().optional().describe('The project; may be left out in a workspace'),
      buildId: z
        .string()
        .optional()
        .describe('Unique in the project. Default: made from the request'),
      actAs: z
        .array(z.string())
        .default([])
        .describe('Roles that you perform yourself, with take_work: such as code_writer'),
      principal,
      by: z.string().optional().describe('Who asks for it'),
    }),
    output: z.object({ begun: z.boolean(), build: buildView }),
    annotations: { ...CHANGING, idempotentHint: true },
    async perform({ request, projectId, buildId, actAs, by = user, ...given }) {
      const { models = [], modelFamilies = [] } = given.principal ?? {};
      const { workflowId, begun } = await startBuild({
        ...{ request, projectId, buildId, actAs, by },
        principal: { models, modelFamilies },
      });
      return { begun, build: toBuildView(await operations.status({ workflowId })) };
    },
  });

  addTool(server, {
    name: 'get_build',
    title: 'Get a build',
    description: 'Says where a build stands: its state, who is to act, what it waits for.',
    input: z.object({ workflowId }),
    output: z.object({ build: buildView }),
    annotations: READING,
    async perform({ workflowId }) {
      return { build: toBuildView(await operations.status({ workflowId })) };
    },
  });

  addTool(server, {
    name: 'list_builds',
    title: 'List builds',
    description: 'Lists builds, the newest first.',
    input: z.object({
      projectId: z.string().optional(),
      state: z.string().optional().describe('Only builds in this state'),
      role: z.string().optional().describe('Only builds in which this role is to act'),
      pageSize: z.int().min(1).max(100).default(20),
      pageToken: z.string().optional().describe('Goes on where the page before ended'),
    }),
    output: z.object({ builds: z.array(buildView), nextPageToken: z.string().optional() }),
    annotations: READING,
    async perform(query) {
      const { workflows, nextPageToken } = await operations.list(query);
      return { builds: workflows.map(toBuildView), ...(nextPageToken && { nextPageToken }) };
    },
  });

  addTool(server, {
    name: 'wait_for_change',
    title: 'Wait for a change',
    description: `Answers what happened in a build after an event, at once or when something happens. After the time it answers without events. At most ${MOST_EVENTS} events an answer: go on with the last sequence.`,
    input: z.object({
      workflowId,
      afterSequence: z
        .int()
        .min(0)
        .describe('The sequence of the last event that you know; 0 for all'),
      timeoutSeconds: z.int().min(0).max(MOST_WAIT_SECONDS).default(30),
    }),
    output: z.object({ events: z.array(eventView), build: buildView }),
    annotations: READING,
    async perform({ workflowId, afterSequence, timeoutSeconds }, { mcpReq }) {
      const after = { workflowId, afterSequence };
      const events = await waits.during(timeoutSeconds, mcpReq.signal, (ending) =>
        eventsAfter(options, after, ending),
      );
      const status = await operations.status({ workflowId });
      return { events: events.map(toEventView), build: toBuildView(status) };
    },
  });
}

/** What is there already, else the first events that come. */
async function eventsAfter(
  { operations }: McpOptions,
  request: { readonly workflowId: string; readonly afterSequence: number },
  signal: AbortSignal,
): Promise<readonly WorkflowEvent[]> {
  const events: WorkflowEvent[] = [];
  for await (const event of operations.watch({ ...request, follow: false })) {
    events.push(event);
    if (events.length === MOST_EVENTS) break;
  }
  if (events.length > 0) return events;
  try {
    for await (const event of operations.watch(request, signal)) return [event];
  } catch (reason) {
    if (!signal.aborted) throw BatonError.from(reason);
  }
  return [];
}
