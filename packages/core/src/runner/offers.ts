import type { DeclaredPrincipal, Principal } from '../model/principal.ts';
import type { ClaimOffer } from '../model/requests.ts';
import type { RoleAdapter } from '../ports/role-adapter.ts';

/** What the roles of a runner offer to perform. Roles that say nothing of who they are share an offer. */
export function offersOf({
  roles,
  worker,
  leaseMs,
}: {
  readonly roles: readonly RoleAdapter[];
  readonly worker: string;
  readonly leaseMs: number;
}): readonly ClaimOffer[] {
  const anonymous = roles.filter(({ principal, reserve }) => !principal && !reserve);
  const named = roles.filter((one) => !anonymous.includes(one));
  return [
    ...(anonymous.length > 0
      ? [{ worker, leaseMs, roles: anonymous.map(({ role }) => role) }]
      : []),
    ...named.map(({ role, principal, reserve }) => ({
      worker: principal?.worker ?? worker,
      leaseMs,
      roles: [role],
      principal: principal && withoutWorker(principal),
      reserve,
    })),
  ];
}

/** The worker is named beside the principal in a claim. */
function withoutWorker({ worker: _, ...principal }: DeclaredPrincipal): Principal {
  return principal;
}
