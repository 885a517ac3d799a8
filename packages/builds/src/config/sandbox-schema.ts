import { parseHostRule } from '@baton/adapters/sandbox';
import { BatonError } from '@baton/core';
import { z } from 'zod';
import { text } from './argv-schema.ts';
import { isKnownName, KNOWN_HOSTS } from './known-hosts.ts';

const paths = z.array(text);

/** More would be a network of its own. */
const MOST_HOSTS = 256;

const OWN_MACHINE = /^(?:127\.|0\.0\.0\.0$|::1?$)/;

const host = text.superRefine((entry, context) => {
  if (isKnownName(entry)) return;
  try {
    const { host, kind } = parseHostRule(entry);
    // It would lead out of the sandbox, to where its own loopback seems to be.
    if (kind === 'address' && OWN_MACHINE.test(host)) {
      const message = `${entry} is this machine: name a port of it as localhost:<port>`;
      context.addIssue({ code: 'custom', message });
    }
  } catch (reason) {
    const names = Object.keys(KNOWN_HOSTS).join(' or ');
    const message = `${BatonError.from(reason).message}; or ${names}`;
    context.addIssue({ code: 'custom', message });
  }
});

const network = z.union([z.enum(['none', 'all']), z.array(host).max(MOST_HOSTS)]).optional();

/** What a command of the configuration says of its own sandbox. */
export const commandSandbox = z
  .strictObject({
    network: network.describe(
      'What it reaches, in place of what sandbox.network says: none, all, or a list of hosts',
    ),
    workspace: z
      .enum(['write', 'read'])
      .optional()
      .describe(
        'read: it cannot write the files of the build, as a check may be held to. Default: write',
      ),
    read: paths.optional().describe('What it reads beside sandbox.read'),
    write: paths.optional().describe('What it writes beside sandbox.write, such as a deployment'),
  })
  .optional()
  .describe('What this command may do beside what sandbox says');

export const SANDBOX_KINDS = ['auto', 'bubblewrap', 'srt', 'none'] as const;

const settings = z.strictObject({
  network: network.describe(
    'What commands but test and verify reach: none, all, or hosts such as registry.npmjs.org, *.example.com:8443, localhost:5432, @registries, @models. Default: @registries for install, these and @models for roles, all for deploy, smoke and rollback',
  ),
  kind: z
    .enum(SANDBOX_KINDS)
    .default('auto')
    .describe(
      'auto: bubblewrap on Linux, srt elsewhere, none with a warning where it is missing, but then builds that deploy do not begin. bubblewrap, srt: an error where it is missing. none: commands may do all that you may do',
    ),
  read: paths
    .default([])
    .describe(
      'Files and folders that commands read although the home is hidden; ~/ and $VARIABLE at the beginning, or relative to this file',
    ),
  write: paths
    .default([])
    .describe('Files and folders that commands write beside the files of the build'),
  memoryMiB: z
    .int()
    .min(16)
    .max(2 ** 20)
    .default(8192)
    .describe('Memory of all processes of a command together'),
  processes: z.int().min(8).max(100_000).default(1024).describe('Processes of a command at once'),
  outputMiB: z
    .int()
    .min(1)
    .max(4096)
    .default(64)
    .describe('What a command may write to its output'),
});

/** The sandbox of every command. */
export const sandboxSchema = z.preprocess(
  (found) => (typeof found === 'string' ? { kind: found } : found),
  settings.prefault({}),
);

/** What a command may reach, as it is written. */
export type NetworkEntry = NonNullable<z.output<typeof network>>;
export type CommandSandbox = z.output<typeof commandSandbox>;
