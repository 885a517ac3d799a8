import { BatonError, type RoleAdapter } from '@baton/core';
import { importModule } from './import-module.ts';

type Perform = RoleAdapter['perform'];

/**
 * A role that a module performs: its `perform(assignment, context)`, or the role adapter that is its
 * default export.
 *
 * @throws BatonError `not_found` or `invalid_input` naming what the module lacks.
 */
export async function loadModuleRole(role: string, path: string): Promise<RoleAdapter> {
  const what = `the module of role '${role}'`;
  const module = await importModule(path, what);
  const { perform } = module;
  if (typeof perform === 'function') return { role, perform: perform as Perform };
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
  return adapter;
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
