import type { ClaimOffer, Orchestrator, Principal } from '@baton/core';
import { ANYBODY, type Caller, isAmong } from './caller.ts';
import { denied, hiddenProject, lacksPermission } from './refusals.ts';

/*
 * Who a request says that it is by, and who it is by. The audit trail has only names that their callers may use.
 */

/** @throws BatonError `permission_denied` for a user that the caller may not speak for. */
export function expectUser(caller: Caller, field: string, user: string): void {
  const { name, grant } = caller;
  if (user === name || isAmong(user, grant.actors)) return;
  const legal = [name, ...grant.actors];
  throw denied(caller, `${field} is '${user}'; it may speak for ${legal.join(', ')}`, legal);
}

/** @throws BatonError `permission_denied` for a role that the caller may not perform. */
export function expectRole(caller: Caller, role: string): void {
  const { roles } = caller.grant;
  if (isAmong(role, roles)) return;
  const found = roles.length === 0 ? 'none' : [...roles].join(', ');
  throw denied(caller, `the role '${role}' is not one of its roles: ${found}`, [...roles]);
}

/**
 * A name that says whose worker it is: `<caller>/<worker>`. A slash of the caller is written as `%2F`: otherwise `b/1`
 * of `a` would be `1` of `a/b`.
 */
function workerOf({ name, shownBy }: Caller, worker: string): string {
  const whose = name.replaceAll('%', '%25').replaceAll('/', '%2F');
  if (shownBy === 'nothing' || worker === whose || worker.startsWith(`${whose}/`)) return worker;
  return `${whose}/${worker}`;
}

/**
 * The offer as the caller may make it: under its own name, for its own projects.
 *
 * @throws BatonError `permission_denied` for roles and performers that are not the caller's, `not_found` for projects.
 */
export function offerBy<O extends ClaimOffer>(caller: Caller, offer: O): O {
  const { projects, permissions } = caller.grant;
  if (!permissions.includes('perform')) throw lacksPermission(caller, 'perform');
  for (const role of offer.roles) expectRole(caller, role);
  expectPerformer(caller, offer.principal);
  const worker = workerOf(caller, offer.worker);
  if (projects === '*') return worker === offer.worker ? offer : { ...offer, worker };
  const { projectIds = projects } = offer;
  const strange = projectIds.find((one) => !projects.includes(one));
  if (strange !== undefined) throw hiddenProject(strange);
  return { ...offer, worker, projectIds };
}

function expectPerformer(caller: Caller, principal: Principal | undefined): void {
  const { performers } = caller.grant;
  if (performers === '*' || principal === undefined) return;
  const { kind, models = [], modelFamilies = [] } = principal;
  const declared = [...(kind === undefined ? [] : [kind]), ...modelFamilies, ...models];
  const strange = declared.find((one) => !performers.includes(one));
  if (strange === undefined) return;
  const why = `it declares '${strange}' of who performs, expected of ${performers.join(', ')}`;
  throw denied(caller, why, performers);
}

/** Who makes a change that names nobody. Nobody is told apart where nobody shows who they are. */
export function personOf(caller: Caller): string | undefined {
  return caller === ANYBODY ? undefined : caller.name;
}

/** The roles of a workflow's definition: a change may be by one of them, or by a person. */
export async function isRoleOf(
  baton: Orchestrator,
  workflowId: string,
  by: string,
): Promise<boolean> {
  const { definition } = await baton.status({ workflowId });
  return baton.describeDefinition(definition).roles.some(({ name }) => name === by);
}
