import { BUILD_PHASES, type Budgets } from '@baton/core';
import type { z } from 'zod';
import type { ModelEntry, modelsSchema } from './model-schema.ts';
import { ROLE_OF } from './role-of.ts';
import type { RoleEntry, rolesSchema } from './role-schema.ts';

type Models = z.output<typeof modelsSchema>;
type Roles = z.output<typeof rolesSchema>;

export interface NamedModel {
  readonly name: string;
  readonly model: ModelEntry;
}

/** Returns a model and its fallbacks, in order. */
export function lineOf(name: string, models: Models): readonly NamedModel[] {
  const names = [...new Set([name, ...(models[name]?.fallback ?? [])])];
  return names.flatMap((one) => {
    const model = models[one];
    return model === undefined ? [] : [{ name: one, model }];
  });
}

/** The models that may be asked in a phase. */
function modelsOf(phase: (typeof BUILD_PHASES)[number], models: Models, roles: Roles) {
  const entry = roles[ROLE_OF[phase]];
  const name = entry?.phases?.[phase] ?? entry?.model;
  return name === undefined ? [] : lineOf(name, models);
}

/** Every model that some role may ask, by the name that the configuration gives it. */
export function modelsInUse(models: Models, roles: Roles): ReadonlyMap<string, ModelEntry> {
  const used = BUILD_PHASES.flatMap((phase) => modelsOf(phase, models, roles));
  return new Map(used.map(({ name, model }) => [name, model]));
}

/** Models without a price that a cap on cost would have to count, by name. */
export function unpriced(models: Models, roles: Roles, budgets: Budgets): readonly string[] {
  const capped = BUILD_PHASES.filter(
    (phase) => budgets.cost !== undefined || budgets.phases?.[phase]?.cost !== undefined,
  );
  const asked = capped.flatMap((phase) => modelsOf(phase, models, roles));
  return [
    ...new Set(asked.filter(({ model }) => model.price === undefined).map(({ name }) => name)),
  ];
}

/** Names of models that there are not, and where they stand. */
export function unknownModels(models: Models, roles: Roles) {
  const named = [
    ...Object.entries(models).flatMap(([model, { fallback = [] }]) =>
      fallback.map((name, index) => ({ path: ['models', model, 'fallback', index], name })),
    ),
    ...Object.entries(roles).flatMap(([role, entry]) => namesIn(role, entry)),
  ];
  return named.filter(({ name }) => !Object.hasOwn(models, name));
}

function namesIn(role: string, entry: RoleEntry | undefined) {
  const whole =
    entry?.model === undefined ? [] : [{ path: ['roles', role, 'model'], name: entry.model }];
  const phases = Object.entries(entry?.phases ?? {}).map(([phase, name]) => ({
    path: ['roles', role, 'phases', phase],
    name,
  }));
  return [...whole, ...phases];
}
