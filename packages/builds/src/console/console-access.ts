import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Authenticator, Caller } from '@baton/server';

/** Who may call the server of a console, and how it is shown. */
export interface ConsoleAccess {
  /** Only a terminal shows it: it is in no file, no environment and no arguments. */
  readonly key: string;
  readonly authenticator: Authenticator;
}

/** Bytes of a key, which cannot be guessed. */
const KEY_BYTES = 24;

/** Lets in the person who was shown the key, to look and to decide; roles have the machine, too, but no key. */
export function createConsoleAccess(name: string): ConsoleAccess {
  const key = `console_${randomBytes(KEY_BYTES).toString('base64url')}`;
  const expected = digestOf(key);
  const caller: Caller = {
    name,
    shownBy: 'token',
    grant: {
      projects: '*',
      permissions: ['read', 'steer', 'decide'],
      roles: [],
      actors: '*',
      performers: [],
      attests: false,
    },
  };
  const authenticator: Authenticator = {
    expects: 'the key in the link that baton console has printed',
    authenticate: ({ bearer }) =>
      bearer !== undefined && timingSafeEqual(digestOf(bearer), expected) ? caller : undefined,
  };
  return { key, authenticator };
}

function digestOf(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}
