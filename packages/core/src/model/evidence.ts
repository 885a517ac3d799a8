import { z } from 'zod';
import { artifactRefSchema } from './artifact.ts';
import type { JsonObject } from './json.ts';

/** A record of a command that ran. The process that ran it attaches it, never the outcome's author. */
export const evidenceSchema = z.object({
  /** What the run was for, such as `test`, `verify`, `deploy`, `smoke`. */
  purpose: z.string().min(1),
  argv: z.array(z.string()).min(1).readonly(),
  /** Null when a signal or the timeout ended the command. */
  exitCode: z.int().nullable(),
  /** Milliseconds since the Unix epoch. */
  startedAt: z.int().nonnegative(),
  durationMs: z.number().nonnegative(),
  /** SHA-256 of the output, hex. */
  outputDigest: z.string().min(1),
  /** Why a failure does not count, such as that it was there before the build; absent: it counts. */
  tolerated: z.string().min(1).optional(),
  /** What the command was confined to; absent: nothing was asked for. */
  sandbox: z
    .object({
      /** Such as `bubblewrap`; `none`: it could do all that its user can. */
      name: z.string().min(1),
      /** SHA-256 of what it was held to, hex. */
      policyDigest: z.string().min(1),
    })
    .optional(),
  /** Digest of the workspace that the command ran on; absent outside a workspace. */
  workspaceDigest: z.string().min(1).optional(),
  /** What it wrote, as it was kept; absent: it was not. */
  artifact: artifactRefSchema.optional(),
});

export type Evidence = z.infer<typeof evidenceSchema>;

/** Whether a report says what was run, or what the files are: what only counts if its sender is to be believed. */
export function isTestimony({
  result,
  checkpoint,
}: {
  readonly result?: Readonly<Record<string, unknown>> | undefined;
  readonly checkpoint?: object | undefined;
}): boolean {
  const evidence = result?.['evidence'];
  return checkpoint !== undefined || (Array.isArray(evidence) ? evidence.length > 0 : !!evidence);
}

/**
 * The schema of an output as who performs a phase fills it in: without evidence, which the program that runs
 * commands attaches. What a model or a person claims would prove nothing.
 */
export function claimableSchema(outputSchema: JsonObject): JsonObject {
  const { $schema: _, properties, required, ...rest } = outputSchema;
  const kept = Object.entries(properties ?? {}).filter(([name]) => name !== 'evidence');
  const names = Array.isArray(required) ? required.filter((name) => name !== 'evidence') : [];
  return {
    ...rest,
    ...(properties !== undefined && { properties: Object.fromEntries(kept) as JsonObject }),
    ...(names.length > 0 && { required: names }),
  };
}
