import {
  BatonError,
  type DefinitionDescription,
  describeDefinition,
  type RoleAdapter,
  type WorkflowEvent,
} from '@baton/core';
import { approvalText, separationText } from '../text/rule-texts.ts';
import { definitionOf } from './definition-of.ts';
import type { Config } from './load-config.ts';
import { refuseInseparable } from './refuse-inseparable.ts';
import type { RoleName } from './role-schema.ts';

export type Rules = Pick<DefinitionDescription, 'approvals' | 'separations'>;

export interface AtServer {
  /** Its address. */
  readonly server: string;
  /** What a build runs by there. */
  readonly definition: DefinitionDescription;
  readonly roles: readonly RoleAdapter[];
  readonly replayed: boolean;
}

/**
 * Holds a configuration against the definition of a server, which alone counts there: the server must
 * demand all that the configuration demands, and the roles must be able to meet what the server demands.
 *
 * @throws BatonError `invalid_input` naming the rules that the server does not have, and who can set
 * them, or the settings that keep the roles from its separations.
 */
export function checkAgainstServer(config: Config, at: AtServer): void {
  const { definition, roles, replayed } = at;
  checkRulesAgainstServer(config, at);
  const owners = new Map(definition.states.map(({ name, owners }) => [name, owners[0]]));
  refuseInseparable(definition.separations, {
    roles,
    entries: config.roles,
    replayed,
    roleOf: (phase) => owners.get(phase),
  });
}

/**
 * The part of it that needs no roles.
 *
 * @throws BatonError `invalid_input` naming the rules that the server does not have.
 */
export function checkRulesAgainstServer(
  config: Config,
  { server, definition }: Pick<AtServer, 'server' | 'definition'>,
): void {
  const missing = missingRules(config, definition);
  if (missing.length > 0) {
    const violations = missing.map(([field, rule]) => ({
      field,
      description: `'${rule}' is not demanded by ${server}, whose own definition '${definition.name}@${definition.version}' counts`,
    }));
    const lines = violations.map(({ field, description }) => `${field}: ${description}`);
    const advice =
      'leave it out, keep the state here, or have the operator demand it: WORKFLOW_POLICIES of the server, or --policies where it is started, names a file with approvals and separations';
    throw new BatonError('invalid_input', `${config.path}: ${lines.join('; ')}; ${advice}`, {
      violations,
    });
  }
  refuseTolerance(config, { server, definition });
}

/** A gate for all tests would send back, time and again, what the configuration tolerates. */
function refuseTolerance(
  { baseline, path }: Pick<Config, 'baseline' | 'path'>,
  { server, definition }: Pick<AtServer, 'server' | 'definition'>,
): void {
  if (baseline.failing !== 'tolerate') return;
  const strict = definition.states.some(({ gates }) =>
    gates.some(({ name }) => name === 'all_tests_passed'),
  );
  if (!strict) return;
  const field = 'baseline.failing';
  const description = `'tolerate' is not what ${server} allows, by whose gates no test may fail: mend the tests, or keep the state here`;
  throw new BatonError('invalid_input', `${path}: ${field}: ${description}`, {
    violations: [{ field, description }],
  });
}

/** What `wanted` demands and `found` does not, by field; `found` may demand more. */
function missingRules(wanted: Rules, found: Rules): readonly (readonly [string, string])[] {
  const there = {
    approvals: new Set(found.approvals.map(approvalText)),
    separations: new Set(found.separations.map(separationText)),
  };
  return [
    ...wanted.approvals.map((rule) => ['approvals', approvalText(rule)] as const),
    ...wanted.separations.map((rule) => ['separations', separationText(rule)] as const),
  ].filter(([field, rule]) => !there[field].has(rule));
}

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
export function checkAgainstDemands(config: Config, demands: Demands, ways: string): void {
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
