import type { Allowed, CallerDescription } from '@baton/core/api';
import type { Caller } from './caller.ts';

const SHOWN_BY = {
  nothing: 'nothing',
  'API key': 'api_key',
  token: 'token',
  certificate: 'certificate',
} as const satisfies Record<Caller['shownBy'], CallerDescription['shownBy']>;

/** What a caller is told of itself. */
export function describeCaller({ name, shownBy, grant, expiresAt }: Caller): CallerDescription {
  return {
    name,
    shownBy: SHOWN_BY[shownBy],
    permissions: grant.permissions,
    projects: allowed(grant.projects),
    roles: allowed(grant.roles),
    actors: allowed(grant.actors),
    performers: allowed(grant.performers),
    attests: grant.attests,
    expiresAt,
  };
}

function allowed(names: '*' | readonly string[]): Allowed {
  return names === '*' ? { any: true, names: [] } : { any: false, names };
}
