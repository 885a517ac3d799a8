import type { RoleContext } from '@baton/core';
import type { ToolModelMessage } from 'ai';
import { cancelled } from './counted-call.ts';
import type { Fence } from './fence.ts';
import type { ToolCall } from './model-call.ts';
import type { OutcomeTools } from './outcome-tools.ts';
import { toolResult } from './tool-result.ts';
import type { RoleTool, ToolPlace } from './tools/role-tool.ts';

/** What the calls of an answer are run with. */
export interface ToolRound {
  readonly tools: readonly RoleTool[];
  readonly outcomes: OutcomeTools;
  readonly fence: Fence;
  /** Absent where there is no workspace, and then there are no tools either. */
  readonly place: ToolPlace | undefined;
  readonly context: Pick<RoleContext, 'progress' | 'signal'>;
  /** Makes a text safe to send to the model. */
  readonly redact: (text: string) => string;
}

const SUMMARY_CHARACTERS = 120;
const NAME_CHARACTERS = 100;

/**
 * Runs the tools that were called, one after another. What goes wrong in them is the model's to
 * read; calls of what is no tool are slips.
 *
 * @throws BatonError `cancelled` when the assignment is aborted meanwhile.
 */
export async function useTools(
  calls: readonly ToolCall[],
  round: ToolRound,
): Promise<{ results: ToolModelMessage; slips: readonly string[] }> {
  const { tools, outcomes, fence, place, redact } = round;
  const slips: string[] = [];
  const content: ToolModelMessage['content'] = [];
  for (const call of calls) {
    const tool = tools.find(({ name }) => name === call.name);
    if (tool === undefined || place === undefined) {
      const slip = slipOf(redact(call.name), tools, outcomes);
      slips.push(slip);
      content.push(toolResult(call, redact(slip), 'error-text'));
      continue;
    }
    const { text, type } = await useTool(tool, call.input, place, round);
    const fenced = fence.wrap(`${call.name} ${tool.summary(call.input)}`, text);
    content.push(toolResult(call, redact(fenced), type));
  }
  return { results: { role: 'tool', content }, slips };
}

function slipOf(called: string, tools: readonly RoleTool[], outcomes: OutcomeTools): string {
  if (outcomes.has(called)) {
    return `\`${called}\` must be the only call of its answer; call it again, alone`;
  }
  const names = [...tools, ...outcomes.descriptions].map(({ name }) => name).join(', ');
  const shown = called.slice(0, NAME_CHARACTERS).toWellFormed();
  return `there is no tool \`${shown}\`; expected one of ${names}`;
}

async function useTool(
  tool: RoleTool,
  input: unknown,
  place: ToolPlace,
  { context, redact }: ToolRound,
): Promise<{ text: string; type: 'text' | 'error-text' }> {
  const summary = redact(tool.summary(input)).slice(0, SUMMARY_CHARACTERS).toWellFormed();
  context.progress(`${tool.name} ${summary}`);
  try {
    return { text: await tool.run(input, place), type: 'text' };
  } catch (reason) {
    if (context.signal.aborted) throw cancelled(context.signal.reason);
    const text = reason instanceof Error ? reason.message : String(reason);
    return { text, type: 'error-text' };
  }
}
