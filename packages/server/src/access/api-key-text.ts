import { randomInt } from 'node:crypto';
import { crc32 } from 'node:zlib';

/*
 * baton_<id>_<secret><checksum>, all in base62, so that a double click selects what stands between underscores:
 * an id of 16 characters, which is public; a secret of 43, which are 256 random bits; 6 of the CRC-32 of
 * everything before. The checksum finds mistyped keys without a look-up, and lets scanners for leaked secrets
 * tell a key from what only looks like one.
 */

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const ID_LENGTH = 16;
const SECRET_LENGTH = 43;
const CHECKSUM_LENGTH = 6;

const ID = `[0-9A-Za-z]{${ID_LENGTH}}`;
const KEY = new RegExp(
  `^(baton_(${ID})_([0-9A-Za-z]{${SECRET_LENGTH}}))([0-9A-Za-z]{${CHECKSUM_LENGTH}})$`,
);

export interface ApiKeyParts {
  /** Public: it names the key in lists and in the audit trail. */
  readonly id: string;
  readonly secret: string;
}

export function newApiKeyId(): string {
  return randomText(ID_LENGTH);
}

export function newApiKeySecret(): string {
  return randomText(SECRET_LENGTH);
}

/** The key as its holder sends it. */
export function formatApiKey({ id, secret }: ApiKeyParts): string {
  const text = `baton_${id}_${secret}`;
  return `${text}${checksumOf(text)}`;
}

/** The parts of a key; undefined for any other text, and for one that is mistyped. */
export function parseApiKey(key: string): ApiKeyParts | undefined {
  const [, text, id, secret, checksum] = KEY.exec(key) ?? [];
  if (text === undefined || id === undefined || secret === undefined) return undefined;
  return checksumOf(text) === checksum ? { id, secret } : undefined;
}

/** Whether `text` may be the id of a key. */
export function isApiKeyId(text: string): boolean {
  return new RegExp(`^${ID}$`).test(text);
}

function randomText(length: number): string {
  return Array.from({ length }, () => DIGITS[randomInt(DIGITS.length)]).join('');
}

function checksumOf(text: string): string {
  let left = crc32(text);
  let digits = '';
  for (let i = 0; i < CHECKSUM_LENGTH; i++) {
    digits = DIGITS[left % DIGITS.length] + digits;
    left = Math.floor(left / DIGITS.length);
  }
  return digits;
}
