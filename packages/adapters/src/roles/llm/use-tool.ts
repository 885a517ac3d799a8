import type { RoleContext } from '@baton/core';
import { cancelled } from './counted-call.ts';
import type { ToolCall } from './model-call.ts';
import type { RoleTool, ToolPlace } from './tools/role-tool.ts';

const SUMMARY_CHARACTERS = 120;

/**
 * Runs a tool. What goes wrong is the model's to read, not the loop's to fail on.
 *
 * @throws BatonError `cancelled` when the assignment is aborted meanwhile.
 */
export async function useTool(
  tool: RoleTool,
  { input }: ToolCall,
  place: ToolPlace,
  context: Pick<RoleContext, 'progress' | 'signal'>,
): Promise<{ text: string; failed: boolean }> {
  const summary = tool.summary(input).slice(0, SUMMARY_CHARACTERS).toWellFormed();
  context.progress(`${tool.name} ${summary}`);
  try {
    return { text: await tool.run(input, place), failed: false };
  } catch (reason) {
    if (context.signal.aborted) throw cancelled(context.signal.reason);
    return { text: reason instanceof Error ? reason.message : String(reason), failed: true };
  }
}
