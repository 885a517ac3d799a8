import { z } from 'zod';

export const text = z.string().min(1);

export const argv = z
  .array(z.string())
  .min(1)
  .refine(([program]) => program !== '', { path: [0], message: 'expected the name of a program' })
  .describe("The program and its arguments; never a shell's line. {config} is this file's folder");

export const timeoutSeconds = z
  .number()
  .positive()
  .max(86_400)
  .optional()
  .describe('Seconds until it is ended');

/** Names of environment variables. */
export const variables = z.array(text);
