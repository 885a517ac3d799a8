import { createHash, createHmac, randomBytes, randomInt, timingSafeEqual } from 'node:crypto';
import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BatonError, type JsonObject, type WorkflowSnapshot } from '@baton/core';
import { z } from 'zod';

/*
 * Tokens by which a person proves the right to decide what roles may not.
 * 1. Baton writes a token into no file, event or environment. It keeps a salted code, made with the key of
 *    the seals. Without that key, an attacker cannot find a token by trying.
 * 2. A shown token is valid at one place of one build, and several may be valid there. When the build moves
 *    on, all of them expire. The token given at the start is valid for the whole build. Its code is in the
 *    build's sealed metadata.
 * 3. Baton shows a token only at a terminal.
 */

/** Metadata key of a build that was started with a token. */
const METADATA = 'approvalToken';
/** Minimum length of a token that a person or a secret store made. */
const LEAST_CHARACTERS = 16;
const SALT_BYTES = 16;

const codeSchema = z.object({ salt: z.string(), code: z.string() });
const shownSchema = codeSchema.extend({ place: z.string() });

type Workflow = Pick<
  WorkflowSnapshot,
  'id' | 'epoch' | 'state' | 'enteredAt' | 'awaiting' | 'metadata'
>;

export interface ApprovalTokens {
  /** Returns the metadata that makes a new build accept `token`. @throws BatonError `invalid_input`. */
  begin(token: string): JsonObject;
  /** Makes a token for the current place of a build. Earlier tokens of that place stay valid. */
  issue(workflow: Workflow): string;
  /** Whether `token` is the one that the build was started with. */
  isGiven(workflow: Workflow, token: string | undefined): boolean;
  /** @throws BatonError `not_owner` for a wrong or missing token. Each refusal is counted. */
  check(workflow: Workflow, token: string | undefined, howToGet: string): void;
  /** How many changes were refused for a wrong or missing token. */
  refused(workflowId: string): number;
}

/** Whether a build was started with a token. */
export function takesGivenToken({ metadata }: Pick<WorkflowSnapshot, 'metadata'>): boolean {
  return codeSchema.safeParse(metadata[METADATA]).success;
}

/**
 * Creates the approval tokens of a workspace.
 *
 * @param folder of the seals.
 * @param key of the seals.
 */
export function createApprovalTokens(folder: string, key: Uint8Array): ApprovalTokens {
  const codeOf = (salt: string, about: string, token: string): string =>
    createHmac('sha256', key)
      .update(JSON.stringify(['approval', salt, about, token]))
      .digest('base64url');
  const pathOf = (workflowId: string, kind: 'token' | 'refused'): string => {
    const name = createHash('sha256').update(workflowId).digest('hex').slice(0, 32);
    return join(folder, `${name}.${kind}`);
  };
  const newSalt = (): string => randomBytes(SALT_BYTES).toString('base64url');

  function isGiven({ metadata }: Workflow, token: string | undefined): boolean {
    const { data } = codeSchema.safeParse(metadata[METADATA]);
    if (data === undefined || token === undefined) return false;
    return same(data.code, codeOf(data.salt, METADATA, token));
  }

  /** The place for which a token was shown. Undefined for any other token. */
  function placeShownFor({ id }: Workflow, token: string): string | undefined {
    // One line a token, appended, because two processes may show tokens at the same time.
    for (const line of readText(pathOf(id, 'token')).split('\n')) {
      const { data } = shownSchema.safeParse(toJson(line));
      if (data === undefined) continue;
      const { place, salt, code } = data;
      if (same(code, codeOf(salt, place, asShown(token)))) return place;
    }
    return undefined;
  }

  function refused(workflowId: string): number {
    return readText(pathOf(workflowId, 'refused')).split('\n').length - 1;
  }

  function refuse(workflow: Workflow, problem: string, howToGet: string): never {
    appendFileSync(pathOf(workflow.id, 'refused'), `${problem}\n`, { mode: 0o600 });
    const tried = refused(workflow.id);
    const times = tried === 1 ? 'once' : `${tried} times`;
    const message = `${problem}: nothing was changed (refused ${times} so far); ${howToGet}`;
    throw new BatonError('not_owner', message, { metadata: { workflowId: workflow.id } });
  }

  return {
    begin(token) {
      if (token.length < LEAST_CHARACTERS) {
        const description = `found ${token.length} characters; expected ${LEAST_CHARACTERS} or more that cannot be guessed`;
        throw new BatonError('invalid_input', `BATON_APPROVAL_TOKEN: ${description}`, {
          violations: [{ field: 'BATON_APPROVAL_TOKEN', description }],
        });
      }
      const salt = newSalt();
      return { [METADATA]: { salt, code: codeOf(salt, METADATA, token) } };
    },
    issue(workflow) {
      const [token, salt, place] = [makeToken(), newSalt(), placeOf(workflow)];
      const shown = { place, salt, code: codeOf(salt, place, token) };
      appendFileSync(pathOf(workflow.id, 'token'), `\n${JSON.stringify(shown)}`, { mode: 0o600 });
      return token;
    },
    isGiven,
    check(workflow, token, howToGet) {
      if (token === undefined) {
        return refuse(
          workflow,
          'this takes the approval token of the build, and has none',
          howToGet,
        );
      }
      if (isGiven(workflow, token)) return;
      const place = placeShownFor(workflow, token);
      if (place === placeOf(workflow)) return;
      const problem =
        place === undefined
          ? 'this is not the approval token of the build'
          : 'the approval token was shown before the build moved on';
      refuse(workflow, problem, howToGet);
    },
    refused,
  };
}

/** Identifies where a build stands and what it waits for. A claim, or one of several answers, does not change it. */
function placeOf({ id, epoch, state, enteredAt, awaiting }: Workflow): string {
  return JSON.stringify([id, epoch, state, enteredAt, awaiting?.kind, awaiting?.since]);
}

function same(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (reason) {
    if (reason instanceof Error && 'code' in reason && reason.code === 'ENOENT') return '';
    throw reason;
  }
}

/** Undefined for a line that is not JSON. Another program wrote it, so it holds no token. */
function toJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** Crockford's: no letter is taken for another, or for a digit. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const GROUPS = 2;
const GROUP_CHARACTERS = 4;

/** A token to be read off a screen: 40 bits, as `K7QF-2M9D`. */
export function makeToken(): string {
  const group = (): string =>
    Array.from({ length: GROUP_CHARACTERS }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
  return Array.from({ length: GROUPS }, group).join('-');
}

/** What a person typed, as it was shown: in any case, with or without hyphens and blanks. */
export function asShown(typed: string): string {
  const letters = typed
    .toUpperCase()
    .replace(/[\s-]/g, '')
    .replace(/O/g, '0')
    .replace(/[IL]/g, '1');
  return (letters.match(/.{1,4}/g) ?? []).join('-');
}
