import { BatonError, describeDefinition, type WorkflowEvent } from '@baton/core';
import { definitionOf } from './definition-of.ts';
import { missingRules, type Rules } from './hold-to-server.ts';
import type { Config } from './load-config.ts';
import type { RoleName } from './role-schema.ts';

/** Where the metadata of a build says which roles people perform. */
export const PEOPLE = 'people';

/** What a build has demanded of people so far. */
export interface Demands extends Rules {
  /** Roles that a person was to perform when it began. */
  readonly people: readonly string[];
}

/** The roles of a configuration that a person performs. */
export function peopleOf({ roles }: Pick<Config, 'roles'>): readonly string[] {
  return Object.entries(roles).flatMap(([role, entry]) => (entry?.human === true ? [role] : []));
}

/** The rules that the last event on them speaks of, the first of a build or that of a change; if any does. */
export function rulesIn(events: readonly WorkflowEvent[]): Rules | undefined {
  const last = events.findLast(
    ({ type }) => type === 'workflow_started' || type === 'definition_changed',
  );
  if (last === undefined) return undefined;
  const { approvals = [], separations = [] } = last.data as unknown as Partial<Rules>;
  return { approvals, separations };
}

/**
 * Refuses a configuration that demands less of people than the build has so far. A role without a sandbox
 * could have edited it. The configuration may demand more.
 *
 * @param ways text that says how to go on anyway.
 * @throws BatonError `not_owner` naming what is missing.
 */
export function holdToDemands(config: Config, demands: Demands, ways: string): void {
  const now = describeDefinition(definitionOf(config));
  const missing = [
    ...missingRules(demands, now),
    ...demands.people
      .filter((role) => config.roles[role as RoleName]?.human !== true)
      .map((role) => [`roles.${role}`, 'a person performs it'] as const),
  ];
  if (missing.length === 0) return;
  const violations = missing.map(([field, rule]) => ({
    field,
    description: `'${rule}' is not demanded any more`,
  }));
  const lines = violations.map(({ field, description }) => `${field}: ${description}`);
  throw new BatonError(
    'not_owner',
    `${config.path} demands less than the build has so far: ${lines.join('; ')}; ${ways}`,
    { violations },
  );
}
