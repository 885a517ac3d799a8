import { policyShape } from '@baton/core/internal';
import { z } from 'zod';
import { baselineSchema, handOverSchema, text, variables } from './argv-schema.ts';
import { artifactsSchema } from './artifacts-schema.ts';
import { commandsSchema } from './command-schema.ts';
import { modelsSchema } from './model-schema.ts';
import { AWS_VARIABLES, secretVariables } from './model-variables.ts';
import { unknownModels } from './models-in-use.ts';
import { rolesSchema } from './role-schema.ts';
import { sandboxSchema } from './sandbox-schema.ts';
import { workspaceSchema } from './workspace-schema.ts';

const limits = z.strictObject({
  timeoutSeconds: z
    .number()
    .positive()
    .max(366 * 86_400)
    .optional()
    .describe('Seconds until a build times out. Default: WORKFLOW_TIMEOUT, or 3600'),
  maxRetries: z
    .int()
    .min(0)
    .max(1000)
    .optional()
    .describe('Retries before a build goes to error. Default: WORKFLOW_MAX_RETRIES, or 3'),
  maxAttempts: z
    .int()
    .min(1)
    .max(1000)
    .optional()
    .describe("Attempts at one assignment; with --server, the server's count. Default 5"),
});

/** A project says which lines with `commands.test.coverage.of`, and its builds always have a workspace. */
const { coverageOf: _, workspace: __, coverageThreshold, ...policies } = policyShape;

/** What a `baton.config.json` may say. Nothing else is let through: a typo must not go unnoticed. */
export const configSchema = z
  .strictObject({
    $schema: z.string().optional().describe('For editors'),
    models: modelsSchema.default({}).describe('Models by name, for roles to use'),
    roles: rolesSchema.describe('Who performs each role'),
    commands: commandsSchema.describe('What is really run'),
    workspace: workspaceSchema.prefault({}).describe('Which files roles answer for'),
    handOver: handOverSchema
      .prefault({})
      .describe('How the work of a complete build becomes a commit of the repository'),
    artifacts: artifactsSchema
      .prefault({})
      .describe('Where what builds say and print is kept, and for how long'),
    baseline: baselineSchema.describe(
      'Whether install, test and verify run once before a model is asked: run, off, or { failing, failingInstall }',
    ),
    sandbox: sandboxSchema.describe(
      'The sandbox of every command that is run: its kind, or settings. BATON_SANDBOX outranks the kind',
    ),
    environment: variables.default([]).describe('Environment variables that commands may see'),
    secrets: variables
      .default([])
      .describe('Environment variables whose values are masked in all that is kept or shown'),
    ...policies,
    coverageThreshold: coverageThreshold
      .unwrap()
      .optional()
      .describe('Short for commands.test.coverage.minimum. Default 80'),
    limits: limits.default({}),
    project: text.max(256).optional().describe("Default: the name of the workspace's folder"),
    user: text.max(256).optional().describe('Who asks for builds. Default: the user here'),
  })
  .superRefine(({ models, roles, commands, coverageThreshold, environment }, context) => {
    const { coverage } = commands.test;
    const minimum = typeof coverage === 'object' ? coverage.minimum : undefined;
    if (minimum !== undefined && coverageThreshold !== undefined) {
      const message = `found it beside commands.test.coverage.minimum; expected one of both`;
      context.addIssue({ code: 'custom', path: ['coverageThreshold'], message });
    }
    const keys = new Map(
      Object.entries(models).flatMap(([name, model]) =>
        secretVariables(model).map((variable) => [variable, name] as const),
      ),
    );
    for (const [index, variable] of environment.entries()) {
      const model = keys.get(variable);
      if (model === undefined) continue;
      const message = `found ${variable}, which the model '${model}' is asked with; expected no key of a model: code that it writes would see it`;
      context.addIssue({ code: 'custom', path: ['environment', index], message });
    }
    for (const { path, name } of unknownModels(models, roles)) {
      const known = Object.keys(models).join(', ') || 'none';
      const message = `there is no model '${name}'; models: ${known}`;
      context.addIssue({ code: 'custom', path: [...path], message });
    }
  })
  .superRefine(({ environment, artifacts }, context) => {
    if (!artifacts.store?.startsWith('s3:')) return;
    for (const variable of Object.values(AWS_VARIABLES)) {
      const index = environment.indexOf(variable);
      if (index === -1) continue;
      const message = `found ${variable}, which artifacts.store is opened with; expected no key of it: commands could change what is kept of them`;
      context.addIssue({ code: 'custom', path: ['environment', index], message });
    }
  });

export type ConfigDocument = z.output<typeof configSchema>;
/** As it is written: what has a default may be left out. */
export type ConfigInput = z.input<typeof configSchema>;

/** JSON Schema (2020-12) of `baton.config.json`, for editors. */
export function configJsonSchema(): z.core.JSONSchema.BaseSchema {
  return {
    title: 'baton.config.json',
    description: 'How the roles of a Baton build work',
    ...z.toJSONSchema(configSchema, { io: 'input' }),
  };
}
