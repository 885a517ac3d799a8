import type { RoleContext } from '@baton/core';
import { traced } from '@baton/core/internal';
import type { ToolModelMessage } from 'ai';
import { shownText } from '../../process/excerpt.ts';
import { toolSpan } from '../../tracing/gen-ai.ts';
import type { Fence } from './fence.ts';
import { cancelled } from './metered-call.ts';
import type { ToolCall } from './model-call.ts';
import type { OutcomeTools } from './outcome-tools.ts';
import type { RepositoryGuide } from './repository-guide.ts';
import type { TextContext } from './text-progress.ts';
import { toolResult } from './tool-result.ts';
import type { RoleTool, ToolPlace } from './tools/role-tool.ts';
import { headAndTail, MAX_CHARACTERS } from './tools/text-file.ts';

/** What runs the calls of an answer. */
export interface ToolRound {
  readonly tools: readonly RoleTool[];
  readonly outcomes: OutcomeTools;
  readonly fence: Fence;
  /** Undefined without a workspace; then there are no tools. */
  readonly place: ToolPlace | undefined;
  /** The repository's guides for the folders in use, if they guide the role. */
  readonly guide: RepositoryGuide | undefined;
  /** Characters that the results of one answer may have together. */
  readonly maxRoundCharacters: number;
  readonly context: Pick<RoleContext, 'signal' | 'telemetry'> & TextContext;
}

const SUMMARY_CHARACTERS = 120;
const NAME_CHARACTERS = 100;
/** A call whose result must be shorter than this is not worth running. */
const LEAST_CHARACTERS = 1000;
const NOT_RUN =
  'Not run: the calls before it in the same answer returned as much as fits. Call it again, with fewer others.';

/**
 * Runs the called tools one after another. Errors of tools go to the model as results; calls of unknown tools
 * are invalid.
 *
 * @throws BatonError `cancelled` when the assignment is aborted meanwhile.
 */
export async function useTools(
  calls: readonly ToolCall[],
  round: ToolRound,
): Promise<{ results: ToolModelMessage; invalidCalls: readonly string[] }> {
  const { tools, outcomes, fence, place, context, maxRoundCharacters } = round;
  const invalidCalls: string[] = [];
  let left = maxRoundCharacters;
  const content: ToolModelMessage['content'] = [];
  for (const call of calls) {
    const tool = tools.find(({ name }) => name === call.name);
    if (tool === undefined || place === undefined) {
      const invalidCall = invalidCallOf(shownText(context, call.name), tools, outcomes);
      invalidCalls.push(invalidCall);
      content.push(toolResult(call, invalidCall, 'error-text'));
      continue;
    }
    if (left < LEAST_CHARACTERS) {
      content.push(toolResult(call, NOT_RUN, 'error-text'));
      continue;
    }
    const maxCharacters = Math.min(MAX_CHARACTERS, left);
    const result = await useTool(tool, call.input, { ...place, maxCharacters }, round);
    // A user's own tool may ignore the limit.
    const text = headAndTail(shownText(context, result.text), maxCharacters + LEAST_CHARACTERS);
    const { type } = result;
    left -= text.length;
    const fenced = fence.wrap(`${call.name} ${tool.summary(call.input)}`, text);
    const guides = (await round.guide?.on(pathsOf(call.input))) ?? '';
    content.push(toolResult(call, fenced, type, guides));
  }
  return { results: { role: 'tool', content }, invalidCalls };
}

/** The file or folder that a call is about, if it names one. */
function pathsOf(input: unknown): readonly string[] {
  if (typeof input !== 'object' || input === null || !('path' in input)) return [];
  return typeof input.path === 'string' ? [input.path] : [];
}

function invalidCallOf(called: string, tools: readonly RoleTool[], outcomes: OutcomeTools): string {
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
  { context }: ToolRound,
): Promise<{ text: string; type: 'text' | 'error-text' }> {
  const summary = shownText(context, tool.summary(input))
    .slice(0, SUMMARY_CHARACTERS)
    .toWellFormed();
  context.progress(`${tool.name} ${summary}`);
  const [name, span] = toolSpan(tool.name);
  try {
    const run = async () => tool.run(input, place);
    const text = await traced(context.telemetry, name, () => span, run);
    return { text, type: 'text' };
  } catch (reason) {
    if (context.signal.aborted) throw cancelled(context.signal.reason);
    const text = reason instanceof Error ? reason.message : String(reason);
    return { text, type: 'error-text' };
  }
}
