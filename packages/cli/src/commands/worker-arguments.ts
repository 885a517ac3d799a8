import type { StartWorkerOptions } from '@baton/builds';
import { type Command, InvalidArgumentError, Option } from 'commander';

/** What `worker` and `serve --with-worker` may be told of a worker. */
export interface WorkerArguments {
  readonly workspace: string;
  readonly config?: string;
  readonly roles?: readonly string[];
  readonly concurrency?: StartWorkerOptions['concurrency'];
  readonly name?: string;
  readonly grace: number;
  readonly lease?: number;
}

export const WORKER_ARGUMENTS: readonly (keyof WorkerArguments)[] = [
  'workspace',
  'config',
  'roles',
  'concurrency',
  'name',
  'grace',
  'lease',
];

export function withWorkerArguments(command: Command): Command {
  return command
    .option('--workspace <repo>', 'root of the git repository that builds are on', '.')
    .option('--config <file>', 'how the roles work (default: baton.config.json in the workspace)')
    .option(
      '--roles <names>',
      'the roles to perform, by commas (default: all of the config)',
      names,
    )
    .option(
      '--concurrency <n>',
      'assignments at once: of all roles together, or of each, as code_writer=2,test_auditor=1 (default: 4)',
      concurrency,
    )
    .option('--name <worker>', 'names it in claims and in the audit trail (default: host:process)')
    .addOption(
      new Option(
        '--grace <time>',
        'how long work under way may take once it is told to stop, such as 90s or 5m',
      )
        .argParser(time)
        .default(30_000, '30s'),
    )
    .option(
      '--lease <time>',
      'when others get the work of a worker that vanished (default: 30s)',
      time,
    );
}

/** The part that `startWorker` takes as it is. */
export function startingOf({
  lease,
  grace: _,
  ...given
}: WorkerArguments): Pick<
  StartWorkerOptions,
  'workspace' | 'config' | 'roles' | 'concurrency' | 'name' | 'leaseMs'
> {
  const { workspace, config, roles, concurrency, name } = given;
  return { workspace, config, roles, concurrency, name, leaseMs: lease };
}

const MOST_AT_ONCE = 500;
const MOST_MS = 86_400_000;
const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

export function names(text: string): readonly string[] {
  const found = text.split(',').map((name) => name.trim());
  if (found.every((name) => name !== '')) return [...new Set(found)];
  throw new InvalidArgumentError(
    'Expected names separated by commas, such as code_writer,test_auditor.',
  );
}

export function concurrency(text: string): number | Readonly<Record<string, number>> {
  if (!text.includes('=')) return atOnce(text);
  const entries = text.split(',').map((part) => {
    const [role = '', count = '', ...rest] = part.split('=').map((one) => one.trim());
    if (role === '' || rest.length > 0) throw mixed(part);
    return [role, atOnce(count)] as const;
  });
  const twice = entries.find(([role], at) => entries.findIndex(([one]) => one === role) < at);
  if (twice !== undefined) throw new InvalidArgumentError(`Found '${twice[0]}' twice.`);
  return Object.fromEntries(entries);
}

function atOnce(text: string): number {
  const found = /^\d{1,4}$/.test(text) ? Number(text) : Number.NaN;
  if (found >= 1 && found <= MOST_AT_ONCE) return found;
  throw new InvalidArgumentError(
    `Found '${text}'; expected a whole number, 1 to ${MOST_AT_ONCE}, or one for each role: code_writer=2,test_auditor=1.`,
  );
}

function mixed(part: string): InvalidArgumentError {
  return new InvalidArgumentError(
    `Found '${part}'; expected <role>=<number>, such as code_writer=2.`,
  );
}

/** A length of time, in milliseconds: `90s`, `5m`, `1h`, `500ms`; a number alone is seconds. */
export function time(text: string): number {
  const [, amount = '', unit = 's'] = /^(\d{1,9})(ms|s|m|h)?$/.exec(text) ?? [];
  const found = amount === '' ? Number.NaN : Number(amount) * (UNITS[unit] ?? Number.NaN);
  if (found <= MOST_MS) return found;
  throw new InvalidArgumentError('Expected a time of up to 24h, such as 90s, 5m or 1h.');
}

export function port(text: string): number {
  const found = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (found <= 65_535) return found;
  throw new InvalidArgumentError('Expected a port, 0 (any free one) to 65535.');
}
