import { BatonError, type JsonObject, type Redact, type Workspace } from '@baton/core';
import type { z } from 'zod';
import { argumentsSchema } from '../arguments-schema.ts';
import { violationTexts } from '../violation-texts.ts';

/** Where a tool works. */
export interface ToolPlace {
  readonly workspace: Workspace;
  readonly signal: AbortSignal;
  /** Masks secrets. To be applied before a text is cut: half a secret is not known as one. */
  readonly redact: Redact;
  /**
   * Characters of a result that the model gets to read; what is longer is cut. Default 32,768, less
   * where its context is small or other calls of the same answer have used some.
   */
  readonly maxCharacters?: number;
}

/** Something that a model may do in the workspace. */
export interface RoleTool {
  readonly name: string;
  /** For the model: what it does, its bounds, what it answers. */
  readonly description: string;
  /** JSON Schema of the arguments. */
  readonly inputSchema: JsonObject;
  /** The argument that tells most, such as a path, for whoever watches. */
  summary(input: unknown): string;
  /**
   * Answers what the model gets to read.
   *
   * @throws BatonError with what was wrong; the model gets to read its message.
   */
  run(input: unknown, place: ToolPlace): Promise<string>;
}

/** Options of {@link defineTool}. */
export interface RoleToolOptions<Input> {
  readonly name: string;
  readonly description: string;
  readonly input: z.ZodType<Input>;
  /** See {@link RoleTool.summary}. */
  readonly summary: (input: Input) => string;
  readonly run: (input: Input, place: ToolPlace) => Promise<string>;
}

/**
 * A tool whose arguments are checked before it runs.
 *
 * @example
 * import { defineTool } from '@baton/adapters/llm';
 * import { z } from 'zod';
 * const wordCount = defineTool({
 *   name: 'word_count',
 *   description: 'Counts the words of a text.',
 *   input: z.object({ text: z.string() }),
 *   summary: ({ text }) => `${text.length} characters`,
 *   run: async ({ text }) => String(text.split(/\s+/).length),
 * });
 */
export function defineTool<Input>(options: RoleToolOptions<Input>): RoleTool {
  const { name, description, input: schema, summary, run } = options;
  return {
    name,
    description,
    inputSchema: argumentsSchema(schema),
    summary(input) {
      const parsed = schema.safeParse(input);
      return parsed.success ? summary(parsed.data) : '(wrong arguments)';
    },
    async run(input, place) {
      const parsed = schema.safeParse(input);
      if (parsed.success) return run(parsed.data, place);
      const problems = violationTexts(parsed.error.issues).join('; ');
      throw new BatonError('invalid_input', `wrong arguments: ${problems}`);
    },
  };
}
