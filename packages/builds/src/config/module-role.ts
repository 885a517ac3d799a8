import { existsSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { BatonError, type DeclaredPrincipal, type RoleAdapter } from '@baton/core';
import { declaredPrincipalSchema } from '@baton/core/internal';

type Perform = RoleAdapter['perform'];

/**
 * A role that a module performs: its `perform(assignment, context)`, or the role adapter that is its
 * default export.
 *
 * @param declared who is behind it, as the configuration says.
 * @throws BatonError `not_found` or `invalid_input` naming what the module lacks.
 */
export async function loadModuleRole(
  role: string,
  path: string,
  declared: DeclaredPrincipal | undefined,
): Promise<RoleAdapter> {
  const what = `the module of role '${role}'`;
  const module = await importModule(path, what);
  const { perform } = module;
  if (typeof perform === 'function') {
    const own = module['principal'];
    return { role, perform: perform as Perform, ...principalOf(own, declared, role, path) };
  }
  const adapter = module['default'];
  if (!isAdapter(adapter)) {
    throw new BatonError(
      'invalid_input',
      `${what}, ${path}, exports ${Object.keys(module).join(', ') || 'nothing'}; expected a function perform(assignment, context), or a role adapter as its default export`,
    );
  }
  if (adapter.role !== role) {
    throw new BatonError(
      'invalid_input',
      `${what}, ${path}, exports an adapter for role '${adapter.role}'; expected '${role}'`,
    );
  }
  const { reserve, judges } = adapter;
  return {
    role,
    judges,
    ...principalOf(adapter.principal, declared, role, path),
    reserve,
    perform: (assignment, context) => adapter.perform(assignment, context),
  };
}

/** @throws BatonError `invalid_input` for one that is none, or that is declared twice. */
function principalOf(
  own: unknown,
  declared: DeclaredPrincipal | undefined,
  role: string,
  path: string,
): Pick<RoleAdapter, 'principal'> {
  if (own === undefined) return declared === undefined ? {} : { principal: declared };
  if (declared !== undefined) {
    throw new BatonError(
      'invalid_input',
      `roles.${role}.principal: the module ${path} declares its principal itself; leave one of them out`,
    );
  }
  const parsed = declaredPrincipalSchema.safeParse(own);
  if (parsed.success) return { principal: parsed.data };
  const [issue] = parsed.error.issues;
  const where = ['principal', ...(issue?.path ?? [])].map(String).join('.');
  throw new BatonError(
    'invalid_input',
    `the module of role '${role}', ${path}: ${where}: ${issue?.message}`,
  );
}

function isAdapter(value: unknown): value is RoleAdapter {
  return (
    typeof value === 'object' &&
    value !== null &&
    'role' in value &&
    'perform' in value &&
    typeof value.perform === 'function'
  );
}

/**
 * Loads a module of the user's.
 *
 * @param what names it in messages.
 * @throws BatonError `not_found`, or `invalid_input` when it cannot be loaded.
 */
export async function importModule(
  path: string,
  what: string,
): Promise<Readonly<Record<string, unknown>>> {
  if (!existsSync(path)) {
    throw new BatonError('not_found', `there is no such file as ${path}, ${what}`);
  }
  try {
    return (await import(pathToFileURL(path).href)) as Record<string, unknown>;
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : String(cause);
    throw new BatonError('invalid_input', `${what}, ${path}, cannot be loaded: ${problem}`, {
      cause,
    });
  }
}
