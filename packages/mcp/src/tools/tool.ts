import { BatonError } from '@baton/core';
import type {
  CallToolResult,
  InputRequiredResult,
  McpServer,
  ServerContext,
  ToolAnnotations,
} from '@modelcontextprotocol/server';
import type { z } from 'zod';

/** A call that needs the client's person first. */
export type Asked = InputRequiredResult;

export interface Tool<I extends z.ZodType, O extends z.ZodType> {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly input: I;
  readonly output: O;
  readonly annotations?: ToolAnnotations;
  perform(input: z.output<I>, context: ServerContext): Promise<z.input<O> | Asked>;
}

/** A tool that changes nothing. */
export const READING: ToolAnnotations = { readOnlyHint: true, openWorldHint: false };
/** A tool that changes a build, and may be called again. */
export const CHANGING: ToolAnnotations = {
  readOnlyHint: false,
  destructiveHint: false,
  openWorldHint: false,
};
/** A tool that takes back what was done. */
export const WITHDRAWING: ToolAnnotations = { ...CHANGING, destructiveHint: true };

/** Offers a tool. What goes wrong is an answer that the model can read, with what is legal. */
export function addTool<I extends z.ZodType, O extends z.ZodType>(
  server: McpServer,
  tool: Tool<I, O>,
): void {
  const { name, title, description, input, output, annotations } = tool;
  const config = { title, description, inputSchema: input, outputSchema: output, annotations };
  const call = async (given: unknown, context: ServerContext) => {
    try {
      const found = await tool.perform(given as z.output<I>, context);
      return isAsked(found) ? found : answer(found);
    } catch (reason) {
      return refusal(BatonError.from(reason));
    }
  };
  server.registerTool(name, config as never, call as never);
}

function isAsked(found: unknown): found is Asked {
  return (
    typeof found === 'object' &&
    found !== null &&
    'resultType' in found &&
    found.resultType === 'input_required'
  );
}

function answer(found: unknown): CallToolResult {
  return {
    content: [{ type: 'text', text: JSON.stringify(found) }],
    structuredContent: found as Record<string, unknown>,
  };
}

/** Says what went wrong, where, and what is legal. */
function refusal({ code, message, violations, legal, retryable }: BatonError): CallToolResult {
  const lines = [
    `${code}: ${message}`,
    ...violations.map(({ field, description }) => `- ${field || 'request'}: ${description}`),
    ...(legal.length > 0 ? [`Legal: ${legal.join(', ')}`] : []),
    ...(retryable ? ['The same call may succeed later.'] : []),
  ];
  return { isError: true, content: [{ type: 'text', text: lines.join('\n') }] };
}
