import { BatonError, type DefinitionDescription, type RoleAdapter } from '@baton/core';
import { inCommon, mindsOf } from '@baton/core/internal';
import type { Config } from './load-config.ts';

type Separation = DefinitionDescription['separations'][number];

/** The roles to check, and how they are performed. */
export interface Performers {
  readonly roles: readonly RoleAdapter[];
  /** The roles' entries in the configuration. */
  readonly entries: Config['roles'];
  /** Whether a cassette answers for all roles, instead of what the configuration names. */
  readonly replayed: boolean;
  /** The role that works in a phase. */
  readonly roleOf: (phase: string) => string | undefined;
}

/**
 * Refuses separations that the roles cannot keep: the same principal performs both phases, or a role
 * declares no principal. Such a build would stop halfway.
 *
 * @throws BatonError `invalid_input` naming the settings to change.
 */
export function refuseInseparable(
  separations: readonly Separation[],
  performers: Performers,
): void {
  const problems = separations.flatMap((separation) => problemOf(separation, performers) ?? []);
  if (problems.length === 0) return;
  throw new BatonError('invalid_input', `separations: ${problems.join('; ')}`, {
    violations: problems.map((description) => ({ field: 'separations', description })),
  });
}

function problemOf({ phase, from, by }: Separation, performers: Performers): string | undefined {
  const [later, earlier] = [performers.roleOf(phase), performers.roleOf(from)];
  // Another runner performs a role that is not performed here.
  const [one, other] = [later, earlier].map((name) =>
    performers.roles.find(({ role }) => role === name),
  );
  if (one === undefined || other === undefined) return undefined;
  if (by === 'worker') return sameWorker(phase, from, [other, one], performers);
  const minds = [other, one].map(({ principal }) => principal && mindsOf(principal, by));
  const [before = [], after = []] = minds;
  const nameless = [other, one].filter((_, index) => minds[index] === undefined);
  if (nameless.length > 0) {
    const what = by === 'model' ? 'model' : 'model family';
    const each = new Set(nameless.map(({ role }) => undeclared(role, what, by, performers)));
    return `'${phase}' is separated from '${from}' by ${by}, and ${[...each].join(', and ')}`;
  }
  const same = inCommon(after, before);
  if (same === undefined) return undefined;
  return `${by} '${same}' performs '${from}' and '${phase}'; expected others: change ${settings([other, one]).join(' or ')}`;
}

function undeclared(
  role: string,
  what: string,
  by: 'model' | 'model_family',
  { entries, replayed }: Performers,
): string {
  const setting = `roles.${role}`;
  const entry = entries[role as keyof Config['roles']];
  if (replayed || entry?.cassette !== undefined) {
    return `the cassette names no ${what} for ${setting}; record it again with one that declares it`;
  }
  const list = `${setting}.principal.${by === 'model' ? 'models' : 'families'}`;
  return `${setting} declares no ${what}; set ${list}, or ${setting}.principal.kind where no model takes part`;
}

/** The process of the run performs a role that declares no worker. */
function sameWorker(
  phase: string,
  from: string,
  both: readonly [RoleAdapter, RoleAdapter],
  { entries }: Performers,
): string | undefined {
  const [earlier, later] = both.map(({ principal }) => principal?.worker);
  if (earlier !== later) return undefined;
  const named = settings(both).filter((setting) => {
    const entry = entries[setting.replace('roles.', '') as keyof Config['roles']];
    return (entry?.agent ?? entry?.command ?? entry?.module) !== undefined;
  });
  const advice =
    named.length === 0
      ? 'separate them by model or model_family'
      : `set ${named.map((setting) => `${setting}.principal.worker`).join(' or ')}`;
  const who = earlier === undefined ? "the run's own process" : `worker '${earlier}'`;
  return `${who} performs '${from}' and '${phase}'; expected others: ${advice}`;
}

function settings(both: readonly [RoleAdapter, RoleAdapter]): readonly string[] {
  return [...new Set(both.map(({ role }) => `roles.${role}`))];
}
