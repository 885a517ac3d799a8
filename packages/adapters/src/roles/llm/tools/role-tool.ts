import {
  BatonError,
  type JsonObject,
  type Redact,
  type RoleContext,
  type Workspace,
} from '@baton/core';
import type { z } from 'zod';
import { argumentsSchema, violationTexts } from '../outcome-tools.ts';

/** Where a tool works. */
export interface ToolPlace {
  readonly workspace: Workspace;
  readonly signal: AbortSignal;
  /**
   * Masks secrets, as all that the model reads is masked. Apply it before a text is truncated, because half a
   * secret is not recognized.
   */
  readonly redact: Redact;
  /**
   * Characters of a result; longer ones are truncated. Default 32,768; less when the model's context is small
   * or other calls of the same answer have used some.
   */
  readonly maxCharacters?: number;
}

/** The place of an attempt; undefined where it has no workspace. */
export function toolPlace({
  workspace,
  signal,
  redact = (text) => text,
}: RoleContext): ToolPlace | undefined {
  return workspace && { workspace, signal, redact };
}

/** A tool that a model may call in the workspace. */
export interface RoleTool {
  /** The name by which a model calls it. */
  readonly name: string;
  /** For the model: what the tool does, its limits, what it returns. */
  readonly description: string;
  /** JSON Schema of the arguments. */
  readonly inputSchema: JsonObject;
  /** The most telling argument, such as a path, for progress messages. */
  summary(input: unknown): string;
  /**
   * Returns the text that the model reads.
   *
   * @throws BatonError whose message the model reads.
   */
  run(input: unknown, place: ToolPlace): Promise<string>;
}

/** Options of {@link defineTool}. */
export interface RoleToolOptions<Input> {
  /** See {@link RoleTool.name}. */
  readonly name: string;
  /** See {@link RoleTool.description}. */
  readonly description: string;
  /** Schema of the arguments. */
  readonly input: z.ZodType<Input>;
  /** See {@link RoleTool.summary}. */
  readonly summary: (input: Input) => string;
  /** See {@link RoleTool.run}. The arguments are already checked. */
  readonly run: (input: Input, place: ToolPlace) => Promise<string>;
}

/**
 * Creates a tool whose arguments are checked before it runs.
 *
 * @throws Error for a schema that JSON Schema cannot express.
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
