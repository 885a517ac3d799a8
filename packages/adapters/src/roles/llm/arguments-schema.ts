import type { JsonObject } from '@baton/core';
import { z } from 'zod';

/** The JSON Schema of a tool's arguments, as models receive it. */
export function argumentsSchema(schema: z.ZodType): JsonObject {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'input' });
  return rest as unknown as JsonObject;
}
