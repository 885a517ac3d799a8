import { moment, plain } from '@baton/builds/internal';
import { BatonError, type Grant, type GrantInput, PERMISSIONS, type Permission } from '@baton/core';
import type { ApiKey, ApiKeys, NewApiKey } from '@baton/server';
import { Argument, type Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { table } from '../output/table.ts';
import type { Terminal } from '../output/terminal.ts';
import { durationOption } from './duration-option.ts';
import { createCommand, print, terminalOf } from './operation-command.ts';
import { withServerStore } from './server-store.ts';

const ACTIONS = ['create', 'list', 'rotate', 'revoke'] as const;
type Action = (typeof ACTIONS)[number];

interface KeysOptions {
  readonly name?: string;
  readonly projects?: '*' | readonly string[];
  readonly permissions?: '*' | readonly string[];
  readonly roles?: '*' | readonly string[];
  readonly actors?: '*' | readonly string[];
  readonly performers?: '*' | readonly string[];
  readonly attests?: true;
  readonly expires?: number;
  readonly overlap?: number;
  readonly database?: string;
  readonly json?: true;
}

/** Which options belong to which action, beside --database and --json. */
const OPTIONS: Readonly<Record<Action, readonly (keyof KeysOptions)[]>> = {
  create: [
    'name',
    'projects',
    'permissions',
    'roles',
    'actors',
    'performers',
    'attests',
    'expires',
  ],
  list: [],
  rotate: ['overlap', 'expires'],
  revoke: [],
};

const EXAMPLES = `
baton keys create --name ci --projects shop --permissions read,start --expires 90d
baton keys create --name runner-1 --projects all --permissions read,perform --roles all --attests
baton keys create --name support --projects shop,blog --permissions read,steer,decide --actors all
baton keys list --database postgres://baton@db/baton
baton keys rotate 4sTPzij9ISeK0XF6 --overlap 48h
baton keys revoke 4sTPzij9ISeK0XF6

The keys are in the store that DATABASE_URL names (else REDIS_URL, else sqlite:baton.sqlite), as baton serve reads it. A new
key is printed on stdout, once: nobody can show it again. The name is whom the audit trail shows. A permission is one
of read, start, perform, steer and decide. A list is separated by commas; all, or '*', is any. A rotated key is accepted for
another day (--overlap), a revoked one by no server after 5 s.`;

export function keysCommand(context: CommandContext): Command {
  const command = createCommand(context, 'keys', EXAMPLES)
    .addArgument(new Argument('<action>', ACTIONS.join(', ')).choices(ACTIONS))
    .argument('[id]', 'id of the key to rotate or revoke, the part behind baton_')
    .option('--name <name>', 'who holds the key: a service, a team, a person')
    .option('--projects <ids>', 'the projects that it is for, or all', listOption)
    .option('--permissions <names>', `of ${PERMISSIONS.join(', ')}, or all`, listOption)
    .option('--roles <names>', 'roles that it may perform, or all (default: none)', listOption)
    .option(
      '--actors <ids>',
      'users that it may speak for, beside itself (default: none)',
      listOption,
    )
    .option(
      '--performers <names>',
      'what it may say of who performs: person, program, models, model families (default: all)',
      listOption,
    )
    .option('--attests', 'evidence that it sends is accepted: for runners of your own')
    .option('--expires <duration>', 'when it expires, such as 90d (default: never)', durationOption)
    .option('--overlap <duration>', 'how long a rotated key goes on (default: 24h)', durationOption)
    .option('--database <url>', 'sqlite:<path>, postgres://… or redis://… (DATABASE_URL)');
  return command.action(async (action: Action, id: string | undefined, options: KeysOptions) => {
    checkUsage(action, id, options);
    const terminal = terminalOf(context, options.json);
    await withKeys(context, options.database, action, terminal, async (keys) => {
      switch (action) {
        case 'create':
          return showNew(terminal, await keys.create(requestOf(options)));
        case 'list':
          return showAll(terminal, await keys.list());
        case 'rotate': {
          const { overlap: overlapMs, expires: expiresInMs } = options;
          const made = await keys.rotate(id as string, { overlapMs, expiresInMs });
          showNew(terminal, made);
          return terminal.note(`${made.replaced.id} is accepted until ${whenOf(made.replaced)}`);
        }
        case 'revoke': {
          const key = await keys.revoke(id as string);
          const done = `${key.id} of '${plain(key.name)}' is revoked: no server accepts it after 5 s`;
          return print(terminal, { key }, () => [done]);
        }
      }
    });
  });
}

/** @throws BatonError `invalid_input` for what does not go with the action. */
function checkUsage(action: Action, id: string | undefined, options: KeysOptions): void {
  const takesId = action === 'rotate' || action === 'revoke';
  if (takesId !== (id !== undefined)) {
    throw usageError('id', takesId ? `${action} needs one: see keys list` : `${action} takes none`);
  }
  for (const others of Object.values(OPTIONS).flat()) {
    if (options[others] === undefined || OPTIONS[action].includes(others)) continue;
    const legal = ACTIONS.filter((one) => OPTIONS[one].includes(others));
    throw usageError(`--${others}`, `goes with ${legal.join(' and ')} only`);
  }
}

/** @throws BatonError `invalid_input` for what is missing. */
function requestOf(options: KeysOptions): {
  name: string;
  grant: GrantInput;
  expiresInMs?: number;
} {
  const { name, projects, permissions, roles, actors, performers, attests, expires } = options;
  if (name === undefined) throw usageError('--name', 'is missing: whom the audit trail shows');
  if (projects === undefined) throw usageError('--projects', 'is missing: ids, or all');
  if (permissions === undefined) {
    throw usageError('--permissions', `is missing: expected some of ${PERMISSIONS.join(', ')}`);
  }
  return {
    name,
    grant: {
      projects,
      // What is none of them is refused with the legal ones.
      permissions: permissions === '*' ? PERMISSIONS : (permissions as readonly Permission[]),
      ...(roles !== undefined && { roles }),
      ...(actors !== undefined && { actors }),
      ...(performers !== undefined && { performers }),
      ...(attests && { attests }),
    },
    ...(expires !== undefined && { expiresInMs: expires }),
  };
}

function usageError(field: string, description: string): BatonError {
  return new BatonError('invalid_input', `${field}: ${description}`, {
    violations: [{ field, description }],
  });
}

function listOption(text: string): '*' | readonly string[] {
  if (text === 'all' || text === '*') return '*';
  return text
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');
}

/** Does `work` on the keys of the store that the server would use. */
async function withKeys(
  context: CommandContext,
  database: string | undefined,
  action: Action,
  terminal: Terminal,
  work: (keys: ApiKeys) => Promise<void>,
): Promise<void> {
  const { createApiKeys } = await import('@baton/server');
  // A key may be there before the server has run.
  const create = action === 'create';
  await withServerStore(context, { database, create }, terminal, ({ documents }) =>
    work(createApiKeys({ documents })),
  );
}

function showNew(terminal: Terminal, made: NewApiKey): void {
  print(terminal, made, () => [made.secretKey]);
  const { id, name, expiresAt } = made.key;
  const end = expiresAt === undefined ? 'never expires' : `expires ${whenOf(made.key)}`;
  terminal.note(`key ${id} of '${plain(name)}' ${end}; it is shown this once: keep it now`);
}

async function showAll(terminal: Terminal, keys: readonly ApiKey[]): Promise<void> {
  const { apiKeyState } = await import('@baton/server');
  const now = Date.now();
  const told = keys.map((key) => ({ ...key, state: apiKeyState(key, now) }));
  print(terminal, { keys: told }, () =>
    table(
      ['ID', 'NAME', 'STATE', 'PROJECTS', 'PERMISSIONS', 'ROLES', 'ACTORS', 'CREATED', 'EXPIRES'],
      told.map(({ id, name, state, grant, createdAt, ...key }) => [
        id,
        plain(name),
        state,
        namesOf(grant.projects),
        permissionsOf(grant),
        namesOf(grant.roles),
        namesOf(grant.actors),
        moment(createdAt),
        whenOf(key),
      ]),
      terminal.room,
    ),
  );
}

function namesOf(names: Grant['projects']): string {
  if (names === '*') return 'all';
  return names.length === 0 ? '-' : names.map(plain).join(',');
}

function permissionsOf({ permissions, attests }: Grant): string {
  return [...permissions, ...(attests ? ['attests'] : [])].join(',');
}

function whenOf({ expiresAt }: Pick<ApiKey, 'expiresAt'>): string {
  return expiresAt === undefined ? 'never' : moment(expiresAt);
}
