import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Baseline } from '@baton/adapters/checks';
import { z } from 'zod';
import { withFolder } from '../config/commands-of.ts';
import type { Config } from '../config/load-config.ts';
import { networkEntryOf } from '../config/network-of.ts';
import { reportsOf } from '../config/reports-of.ts';
import { writeWhole } from '../state/write-whole.ts';

const step = z.object({
  purpose: z.enum(['install', 'test', 'verify']),
  name: z.string(),
  argv: z.array(z.string()),
  exitCode: z.int().nullable(),
  durationMs: z.number(),
  failure: z.string().optional(),
  missing: z.string().optional(),
  refused: z.string().optional(),
  hindered: z.object({ found: z.string(), advice: z.string().optional() }).optional(),
  details: z.string(),
  print: z.string(),
  changedFiles: z.array(z.string()),
  putBack: z.array(z.string()),
  tests: z
    .object({
      passed: z.int(),
      failed: z.int(),
      skipped: z.int(),
      failures: z.array(z.string()),
      failedTests: z.array(z.string()),
      flaky: z.array(z.string()),
      files: z.array(z.string()),
    })
    .optional(),
  reportProblem: z.string().optional(),
  coveragePercent: z.number().optional(),
  coverageProblem: z.string().optional(),
});

const record = z.object({ at: z.number(), tree: z.string(), steps: z.array(step) });

interface RememberedBaseline extends Baseline {
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
}

/**
 * Remembers what the configured commands did on a tree of files, so that no build repeats it. Of
 * failures, it keeps those that builds may begin with.
 */
export interface BaselineMemory {
  recall(tree: string): RememberedBaseline | undefined;
  keep(baseline: Baseline, at: number): void;
  /** Drops what was kept for a tree. */
  forget(tree: string): void;
}

/**
 * Creates a memory that keeps each baseline in a file. Its name depends on the tree, the commands, what
 * they may reach, and `PATH`.
 *
 * @param folder created by the first `keep`.
 * @param sandbox name of the sandbox that the commands run in, configured or chosen by Baton.
 */
export function createBaselineMemory(
  folder: string,
  config: Pick<Config, 'commands' | 'folder' | 'environment' | 'sandbox' | 'baseline'>,
  env: Readonly<Record<string, string | undefined>>,
  sandbox: string,
): BaselineMemory {
  const commands = digestOfCommands(config, env, sandbox);
  const pathOf = (tree: string): string => {
    const key = createHash('sha256').update(`${tree}\n${commands}`).digest('hex');
    return join(folder, `${key}.json`);
  };
  return {
    recall(tree) {
      try {
        const found = record.parse(JSON.parse(readFileSync(pathOf(tree), 'utf8')));
        return found.tree === tree ? (found as RememberedBaseline) : undefined;
      } catch {
        // The file is missing or of another version. The caller runs the commands again.
        return undefined;
      }
    },
    keep(baseline, at) {
      mkdirSync(folder, { recursive: true });
      writeWhole(pathOf(baseline.tree), `${JSON.stringify({ at, ...baseline }, undefined, 2)}\n`);
    },
    forget: (tree) => rmSync(pathOf(tree), { force: true }),
  };
}

function digestOfCommands(
  {
    commands,
    folder,
    environment,
    sandbox,
    baseline,
  }: Pick<Config, 'commands' | 'folder' | 'environment' | 'sandbox' | 'baseline'>,
  env: Readonly<Record<string, string | undefined>>,
  name: string,
): string {
  const { install, test, verify } = commands;
  const all = [...(install === undefined ? [] : [install]), test, ...verify];
  const run = all.map(({ argv, timeoutSeconds }) => ({
    argv: withFolder(argv, folder),
    timeoutSeconds,
    beside: argv.flatMap((text) => besideConfig(text, folder)),
  }));
  const reached = [
    networkEntryOf('install', install?.sandbox?.network, sandbox),
    ...[test, ...verify].map((one) => networkEntryOf('test', one.sandbox?.network, sandbox)),
  ];
  const named = verify.map(({ name }) => name);
  // Coverage thresholds are left out: they change nothing that is run.
  const reports = reportsOf(test);
  const { read, write, memoryMiB, processes, outputMiB } = sandbox;
  const held = { name, read, write, memoryMiB, processes, outputMiB };
  const own = all.map((one) => one.sandbox ?? null);
  const seen = ['PATH', ...environment].map((name) => [name, env[name] ?? null]);
  return createHash('sha256')
    .update(
      JSON.stringify([run, named, reports, seen, reached, held, own, baseline.failingInstall]),
    )
    .digest('hex');
}

/** Digests of the files that a text names beside the configuration. The digest of the tree may not cover them. */
function besideConfig(text: string, folder: string): readonly string[] {
  return [...text.matchAll(/\{config\}(\/[\w./@+-]+)/g)].map(([, path = '']) => {
    const file = join(folder, path);
    const isFile = statSync(file, { throwIfNoEntry: false })?.isFile() ?? false;
    return isFile ? createHash('sha256').update(readFileSync(file)).digest('hex') : 'none';
  });
}
