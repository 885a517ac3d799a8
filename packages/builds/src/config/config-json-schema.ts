import { z } from 'zod';
import { configSchema } from './config-schema.ts';

/** JSON Schema (2020-12) of `baton.config.json`, for editors. */
export function configJsonSchema(): z.core.JSONSchema.BaseSchema {
  return {
    title: 'baton.config.json',
    description: 'How the roles of a Baton build work',
    ...z.toJSONSchema(configSchema, { io: 'input' }),
  };
}
