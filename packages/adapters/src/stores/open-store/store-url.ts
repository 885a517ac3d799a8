import { BatonError } from '@baton/core';
import { parseRedisUrl } from '../redis/redis-url.ts';

/** A parsed store URL. */
export type StoreUrl =
  | { readonly kind: 'memory' }
  | { readonly kind: 'sqlite'; readonly path: string }
  | { readonly kind: 'postgres'; readonly url: string }
  | { readonly kind: 'redis'; readonly url: string };

/** The legal forms, for messages and help. */
export const STORE_URL_FORMS =
  'memory:, sqlite:<path>, sqlite:///<absolute path>, postgres://…, postgresql://…, redis://…, redis+sentinel://…, redis+cluster://… or the last three with rediss';

/**
 * Parses a store URL.
 *
 * @throws BatonError `invalid_input` with the legal forms, without the URL's password.
 */
export function parseStoreUrl(url: string): StoreUrl {
  const [, scheme, rest] = /^([a-z+]+):(.*)$/s.exec(url) ?? [];
  switch (scheme) {
    case 'memory':
      if (rest === '') return { kind: 'memory' };
      break;
    case 'sqlite':
      // sqlite://x is ambiguous: x could be a file or a host.
      if (rest && !/^\/\/(?!\/)/.test(rest)) {
        return { kind: 'sqlite', path: rest.replace(/^\/\/(?=\/)/, '') };
      }
      break;
    case 'postgres':
    case 'postgresql':
      if (isServer(url)) return { kind: 'postgres', url };
      break;
    case 'redis':
    case 'rediss':
    case 'redis+sentinel':
    case 'rediss+sentinel':
    case 'redis+cluster':
    case 'rediss+cluster':
      if (parseRedisUrl(url) !== undefined) return { kind: 'redis', url };
      break;
  }
  const text = `the store's URL: found '${describeStoreUrl(url)}', expected ${STORE_URL_FORMS} (special characters of a password are written as %XX)`;
  throw new BatonError('invalid_input', text);
}

/**
 * The URL for people, without password and parameters, which may hold secrets.
 *
 * @example
 * import { describeStoreUrl } from '@baton/adapters/open-store';
 * describeStoreUrl('postgres://ada:secret@db/baton'); // 'postgres://ada@db/baton'
 */
export function describeStoreUrl(url: string): string {
  if (/^(memory|sqlite):/.test(url)) return url;
  const scheme = /^[a-z][a-z\d+.-]*:/i.exec(url)?.[0];
  if (scheme === undefined) return url.includes('@') ? '…' : url;
  if (scheme.startsWith('redis')) return describeRedisUrl(url) ?? `${scheme}//…`;
  if (!isServer(url)) return `${scheme}//…`;
  const { username, password, host, pathname } = new URL(url);
  const who = username + (password === '' ? '' : ':***');
  return `${scheme}//${who === '' ? '' : `${who}@`}${host}${pathname}`;
}

function describeRedisUrl(url: string): string | undefined {
  const found = parseRedisUrl(url);
  if (found === undefined) return undefined;
  const { username = '', password } = found;
  // A name without a password is most likely a password without its colon.
  const who =
    username !== '' && password === undefined ? '***' : username + (password ? ':***' : '');
  const [, scheme, place] = /^([^:]+:\/\/)(?:[^@]*@)?([^?]*)/.exec(url) ?? [];
  return `${scheme}${who === '' ? '' : `${who}@`}${place}`;
}

/** Whether a URL names a server. An @ after the host belongs to a password with a slash, a ? or a #. */
function isServer(url: string): boolean {
  if (!/^[^:]+:\/\//.test(url) || !URL.canParse(url)) return false;
  const { username, password, pathname, search, hash } = new URL(url);
  const behind = pathname + (username === '' && password === '' ? search + hash : '');
  return !behind.includes('@');
}
