import { ARTIFACT_URL_FORMS, parseArtifactUrl } from '@baton/adapters/artifacts';
import { BatonError } from '@baton/core';
import { z } from 'zod';
import { retentionDays, text } from './argv-schema.ts';

const MIB = 1024 * 1024;

const store = text.superRefine((url, context) => {
  try {
    parseArtifactUrl(url);
  } catch (reason) {
    context.addIssue({ code: 'custom', message: BatonError.from(reason).message });
    return;
  }
  if (!/:\/\/[^/@]*:[^/@]*@/.test(url)) return;
  const message = 'found a password; expected a URL without one: ARTIFACTS_URL may have it';
  context.addIssue({ code: 'custom', message });
});

/** Where what builds say and print is kept, how much of it, and for how long. */
export const artifactsSchema = z.strictObject({
  store: store
    .optional()
    .describe(
      `Where artifacts are kept: ${ARTIFACT_URL_FORMS}, paths relative to this file. ARTIFACTS_URL outranks it. Default: with the other records of builds on this machine`,
    ),
  maxArtifactBytes: z
    .int()
    .min(1024)
    .max(256 * MIB)
    .default(16 * MIB)
    .describe('Bytes kept of one artifact, half from its beginning, half from its end'),
  maxBuildBytes: z
    .int()
    .min(1024)
    .max(2 ** 40)
    .default(512 * MIB)
    .describe('Bytes that the artifacts of one build may take up, compressed'),
  retention: z
    .strictObject({
      days: retentionDays
        .default('off')
        .describe(
          'Days after which a complete build loses its artifacts. "off": with its records (workspace.retention)',
        ),
      maxBytes: z
        .union([z.literal('off'), z.int().positive()])
        .default('off')
        .describe(
          'Bytes that all in the store may take up: beyond them, complete builds lose theirs, the oldest first',
        ),
    })
    .prefault({})
    .describe('How long artifacts stay'),
});

export type ArtifactsConfig = z.output<typeof artifactsSchema>;
