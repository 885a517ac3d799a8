import type { DefinitionDescription } from '@baton/core';
import type { McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';

/** Prompts by which a person has the client's model perform a role: `act_as_<role>`. */
export function addPrompts(server: McpServer, roles: DefinitionDescription['roles']): void {
  for (const { name, title, instructions } of roles) {
    const textOf = (workflowId: string | undefined) =>
      promptText(name, title, instructions, workflowId);
    server.registerPrompt(
      `act_as_${name}`,
      {
        title: `Act as ${title}`,
        description: `Takes work of the role ${title} and performs it`,
        argsSchema: z.object({
          workflowId: z.string().optional().describe('Only this build. Default: any that waits'),
        }),
      },
      ({ workflowId }) => ({
        messages: [{ role: 'user', content: { type: 'text', text: textOf(workflowId) } }],
      }),
    );
  }
}

function promptText(
  role: string,
  title: string,
  instructions: string,
  workflowId: string | undefined,
): string {
  const build = workflowId === undefined ? '' : ` and workflowId "${workflowId}"`;
  return `You are the ${title} of a build that Baton carries. ${instructions}

1. Call take_work with roles ["${role}"]${build}. Without work, say so and stop.
2. Read the assignment: the request, the results of the phases before, and feedback, which says why work came back.
3. Do what it says. Where it names a folder, change files in that folder alone.
4. Call report_progress when you begin and after each step, at least every ten minutes.
5. Call submit_work with an outcome whose result fits the assignment's outputSchema. Say only what is true: Baton
   compares it with the files. Correct what is refused. Ask what only a person can answer by the outcome "ask".`;
}
