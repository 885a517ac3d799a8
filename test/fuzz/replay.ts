import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { JsonObject } from '@bufbuild/protobuf';
import { type Asked, ask } from './ask.ts';
import type { Finding } from './findings.ts';
import { type Recorded, tokensIn } from './history.ts';
import type { Sent } from './sent.ts';
import type { ServerUnderTest } from './server-under-test.ts';
import { createSender, type Sender } from './wire/sender.ts';

/** A request that found something, and what was done before to its workflow. */
export interface Replayable {
  readonly request: Sent;
  readonly before: readonly Recorded[];
}

/** Longer commands are hard to copy. */
const MOST_CHARACTERS = 1500;

/** The argument of `--replay` that sends a finding again: the request itself, or a file that it is put into. */
export function toReplay({ request, before = [] }: Finding): string | undefined {
  if (request === undefined) return undefined;
  const text = JSON.stringify({ request, before } satisfies Replayable);
  const compact = deflateRawSync(text).toString('base64url');
  if (compact.length <= MOST_CHARACTERS) return compact;
  const file = join(mkdtempSync(join(tmpdir(), 'baton-fuzz-finding-')), 'replay.json');
  writeFileSync(file, text);
  return file;
}

/** @throws Error for what {@link toReplay} has not made. */
export function fromReplay(argument: string): Replayable {
  const text = argument.endsWith('.json')
    ? readFileSync(argument, 'utf8')
    : inflateRawSync(Buffer.from(argument, 'base64url')).toString();
  return JSON.parse(text);
}

/**
 * Repeats the earlier requests of a workflow on a server, then sends the request. The server's new ids and
 * tokens replace the recorded ones.
 */
export async function replay(
  server: ServerUnderTest,
  { request, before }: Replayable,
): Promise<Asked> {
  const sender = createSender(server);
  const now = new Map<string, string>();
  try {
    for (const recorded of before) await repeat(sender, recorded, now);
    return await ask(sender, renewed(request, now));
  } finally {
    sender.close();
  }
}

async function repeat(sender: Sender, recorded: Recorded, now: Map<string, string>) {
  const value: JsonObject = JSON.parse(replaced(JSON.stringify(recorded.value), now));
  const { reply } = await ask(sender, {
    ...{ method: recorded.method, protocol: 'connect', encoding: 'json', timeoutMs: 10_000 },
    ...{ compression: 'identity', body: Buffer.from(JSON.stringify(value)).toString('base64') },
  });
  if (reply === undefined) return;
  const tokens = tokensIn(reply);
  for (const [at, token] of recorded.tokens.entries()) now.set(token, tokens[at] ?? token);
}

function renewed(request: Sent, now: ReadonlyMap<string, string>): Sent {
  // All of them are as long as they were, so that bytes that tell a length stay true.
  const body = replaced(Buffer.from(request.body, 'base64').toString('latin1'), now);
  const { path } = request;
  return {
    ...request,
    body: Buffer.from(body, 'latin1').toString('base64'),
    ...(path !== undefined && { path: replaced(path, now) }),
  };
}

function replaced(text: string, now: ReadonlyMap<string, string>): string {
  let found = text;
  for (const [then, token] of now) found = found.replaceAll(then, token);
  return found;
}
