import { z } from 'zod';
import { BatonError } from './errors.ts';
import { copyJsonObject, type JsonObject, type JsonObjectInput } from './json.ts';

/**
 * A JSON object, copied, so that callers cannot change it afterwards. What is not JSON is refused by the path
 * of what is not, before anything else looks at it.
 */
export const jsonObjectSchema: z.ZodType<JsonObject, JsonObjectInput> = z
  .unknown()
  .transform((value, context): JsonObject => {
    try {
      return copyJsonObject(value);
    } catch (reason) {
      const { code, message, violations } = BatonError.from(reason);
      const path = violations[0]?.field.split('.').filter((part) => part !== '') ?? [];
      context.addIssue({ code: 'custom', message, path, params: { code } });
      return z.NEVER;
    }
  }) as unknown as z.ZodType<JsonObject, JsonObjectInput>;
