import { isAbsolute } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BatonError } from '@baton/core';

/** Transports that Baton uses. Others run programs that the address names, or do not check who answers. */
const PROTOCOLS = ['file', 'http', 'https', 'ssh'] as const;

const EXPECTED = `an absolute path, or a URL of ${PROTOCOLS.join(', ')}`;
const KEYS_ELSEWHERE =
  "leave it out: git asks the user's credential helpers (git help credentials) or ssh agent for it";

/** For git: the transports that a command may use, whatever the user's settings rewrite an address to. */
export const ONLY_PROTOCOLS = { GIT_ALLOW_PROTOCOL: PROTOCOLS.join(':') };

/** `ada@host:path`, as scp has it. */
const SCP = /^(?:([^@/:\s]+)@)?([^@/:\s]+):(?!\/\/)(.+)$/;
const DRIVE = /^[a-z]:[\\/]/i;

/**
 * Why builds cannot travel by the git remote at `address`; undefined when they can. The text has no part of the
 * address that may be a secret.
 *
 * @param address an absolute path, `file:`, `http:`, `https:` or `ssh:` URL, or `user@host:path`.
 * @example
 * import { remoteProblem } from '@baton/adapters/workspace';
 * remoteProblem('https://git.example.com/shop.git'); // undefined
 * remoteProblem('ext::sh -c true'); // "found the transport 'ext', expected …"
 */
export function remoteProblem(address: string): string | undefined {
  if (address === '') return `found nothing, expected ${EXPECTED}`;
  if (address.startsWith('-')) return `found an option of git, expected ${EXPECTED}`;
  if (/\p{Cc}/u.test(address)) return `found a control character, expected ${EXPECTED}`;
  const helper = /^([^/:@]+)::/.exec(address)?.[1];
  if (helper !== undefined) return `found the transport '${helper}', expected ${EXPECTED}`;
  if (isAbsolute(address) || DRIVE.test(address)) return undefined;
  const scheme = /^([^/:@]+):\/\//.exec(address)?.[1];
  return scheme === undefined ? scpProblem(address) : urlProblem(address, scheme);
}

function scpProblem(address: string): string | undefined {
  const [, user = '', host = '', path = ''] = SCP.exec(address) ?? [];
  if (host === '') return `found neither, expected ${EXPECTED}`;
  if (user === '' && /^[^/]*@/.test(path)) return `found a password: ${KEYS_ELSEWHERE}`;
  const isOption = [user, host].some((part) => part.startsWith('-'));
  return isOption ? `found an option of ssh, expected ${EXPECTED}` : undefined;
}

function urlProblem(address: string, scheme: string): string | undefined {
  if (!PROTOCOLS.some((one) => one === scheme)) {
    return `found the transport '${scheme}', expected ${EXPECTED}`;
  }
  const url = URL.parse(address);
  if (url === null) return `found a malformed URL, expected ${EXPECTED}`;
  // Over ssh, a user name is no secret; over HTTP it may be a token.
  const isOpen = scheme === 'ssh' ? url.password === '' : url.username + url.password === '';
  if (!isOpen) return `found a user name or password in the URL: ${KEYS_ELSEWHERE}`;
  if (url.search !== '' || url.hash !== '') return `found ? or # in the URL: ${KEYS_ELSEWHERE}`;
  if (scheme !== 'file') {
    const isOption = [decodeURIComponent(url.username), url.hostname].some((part) =>
      part.startsWith('-'),
    );
    if (isOption) return `found an option of ssh, expected ${EXPECTED}`;
    return url.hostname === '' ? `found no host in the URL, expected ${EXPECTED}` : undefined;
  }
  return isLocal(url) ? undefined : 'found a host in a file: URL, expected file:///<path>';
}

function isLocal(url: URL): boolean {
  try {
    return fileURLToPath(url) !== '';
  } catch {
    return false;
  }
}

/** @throws BatonError `invalid_input` for an address that is refused. */
export function checkRemote(address: string): string {
  const description = remoteProblem(address);
  if (description === undefined) return address;
  throw new BatonError('invalid_input', `builds cannot travel by this remote: ${description}`, {
    violations: [{ field: 'remote', description }],
  });
}

/** What git prints, without the user names and passwords that the user's settings put into addresses. */
export function withoutCredentials(text: string): string {
  return text.replace(/([a-z][a-z\d+.-]*:\/\/)[^/?#\s'"]*@/gi, '$1');
}
