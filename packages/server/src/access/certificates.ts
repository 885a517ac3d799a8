import type { PeerCertificate } from 'node:tls';
import type { GrantInput } from '@baton/core';
import { grantSchema, validate } from '@baton/core/internal';
import type { Authenticator } from './access.ts';
import type { Caller } from './caller.ts';
import { createRemembered } from './remembered.ts';

/** What callers with a client certificate may do, whose authority the server trusts. */
export interface CertificateGrant {
  /** Its subject's common name, or a name that it is for: `dns:…`, `uri:…` or `email:…`. */
  readonly subject: string;
  readonly grant: GrantInput;
}

/**
 * Callers with a client certificate that the server has verified: `tls.clientAuthority` says whose are.
 *
 * @throws BatonError `invalid_input` for a grant that is none.
 * @param now milliseconds since the Unix epoch. Default: the system's clock.
 * @example
 * import { createAccess, createCertificateAuthenticator } from '@baton/server';
 * const access = createAccess([
 *   createCertificateAuthenticator([
 *     {
 *       subject: 'dns:runner.example',
 *       grant: { projects: '*', permissions: ['perform'], roles: '*', attests: true },
 *     },
 *   ]),
 * ]);
 */
export function createCertificateAuthenticator(
  grants: readonly CertificateGrant[],
  now: () => number = Date.now,
): Authenticator {
  const granted = grants.map(({ subject, grant }) => ({
    subject,
    grant: validate(grantSchema, grant, 'the grant'),
  }));
  const remembered = createRemembered<Caller>({ most: 10_000, forMs: 60_000, now });
  const isOver = ({ expiresAt = 0 }: Caller): boolean => expiresAt <= now();
  return {
    expects: 'a client certificate',
    authenticate({ certificate }) {
      const found = certificate();
      if (found === undefined) return undefined;
      const fingerprint = found.fingerprint256;
      const known = remembered.get(fingerprint);
      if (known !== undefined) return isOver(known) ? undefined : known;
      const names = namesOf(found);
      const match = granted.find(({ subject }) => names.includes(subject));
      if (match === undefined) return undefined;
      const caller: Caller = {
        name: match.subject,
        shownBy: 'certificate',
        grant: match.grant,
        expiresAt: Date.parse(found.valid_to),
      };
      remembered.put(fingerprint, caller);
      return isOver(caller) ? undefined : caller;
    },
  };
}

/** Every name that the certificate is for. A common name that looks like a name of another kind is none. */
function namesOf({ subject, subjectaltname = '' }: PeerCertificate): readonly string[] {
  const alternatives = [...subjectaltname.matchAll(ALTERNATIVE)].map(
    ([, kind = '', name = '']) => `${kind.toLowerCase()}:${name}`,
  );
  const common = [subject?.CN ?? []].flat().filter((name) => !/^(dns|uri|email):/i.test(name));
  return [...common, ...alternatives];
}

/** Node quotes a name that has commas or quotes in it: such a one, with what looks like names in it, is none. */
const ALTERNATIVE = /(?:^|, )([A-Za-z]+):(?:"(?:[^"\\]|\\.)*"|([^",]*))/gy;
