import type { DocumentStore } from '@baton/core';
import { ConfigError, KEYS_ACCESS, OPEN_ACCESS, type ServerConfig } from '../config.ts';
import type { Tls } from '../tls.ts';
import { type Access, createAccess, OPEN } from './access.ts';
import { type AccessSettings, KEYS_ALONE, loadAccess } from './access-document.ts';
import { createKeyAuthenticator } from './api-key-access.ts';
import type { CeilingSettings } from './ceilings.ts';
import { createCertificateAuthenticator } from './certificates.ts';
import { createTokenAuthenticator } from './json-web-tokens.ts';

/** Who may call a server, as its environment says. */
export interface ServedAccess {
  readonly access: Access;
  readonly ceilings: CeilingSettings;
  readonly tls: Tls | undefined;
  /** For people. */
  readonly description: string;
}

/** @throws ConfigError for settings that are not valid, and for client certificates without TLS. */
export async function openServedAccess(
  { access, tls }: Pick<ServerConfig, 'access' | 'tls'>,
  documents: DocumentStore,
): Promise<ServedAccess> {
  if (access === OPEN_ACCESS) {
    return { access: OPEN, ceilings: {}, tls, description: 'open: nobody is asked who they are' };
  }
  const settings = access === KEYS_ACCESS ? KEYS_ALONE : await loadAccess(access);
  const { apiKeys, issuers, certificates, ceilings } = settings;
  if (certificates !== undefined && tls === undefined) {
    const found = 'found client certificates without BATON_TLS_CERT';
    throw new ConfigError([`BATON_ACCESS: ${found}, expected both or neither`]);
  }
  return {
    access: createAccess([
      ...(apiKeys ? [createKeyAuthenticator(documents)] : []),
      ...(issuers.length > 0 ? [createTokenAuthenticator(issuers)] : []),
      ...(certificates === undefined ? [] : [createCertificateAuthenticator(certificates.grants)]),
    ]),
    ceilings,
    tls: tls && { ...tls, clientAuthority: certificates?.authority },
    description: describe(settings),
  };
}

function describe({ apiKeys, issuers, certificates }: AccessSettings): string {
  return [
    ...(apiKeys ? ['API keys'] : []),
    ...issuers.map(({ issuer }) => `tokens of ${issuer}`),
    ...(certificates === undefined ? [] : ['client certificates']),
  ].join(', ');
}
