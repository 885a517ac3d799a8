import { BatonError } from '@baton/core';
import {
  acceptedContent,
  CLIENT_CAPABILITIES_META_KEY,
  type ClientCapabilities,
  inputRequired,
  inputResponse,
  type McpServer,
  type ServerContext,
} from '@modelcontextprotocol/server';
import type { z } from 'zod';
import type { Asked } from './tool.ts';

/** What a client puts before its person. */
export interface PersonQuestion<S extends z.ZodObject> {
  /** Says what is decided, so that an answer to another question is none to this one. */
  readonly key: string;
  readonly message: string;
  readonly form: S;
  /** How a person decides without this client, for clients that cannot ask. */
  readonly otherwise: string;
}

export type PersonAnswer<T> =
  | { readonly kind: 'asked'; readonly asked: Asked }
  | { readonly kind: 'answered'; readonly content: T };

/**
 * Asks the person of a client by elicitation: the first call answers what to ask, the client repeats it with
 * what the person said. Its model does not see the form.
 *
 * @throws BatonError `not_owner` for a client that cannot ask, `cancelled` when its person declines.
 */
export function askPerson<S extends z.ZodObject>(
  server: McpServer,
  { mcpReq }: ServerContext,
  { key, message, form, otherwise }: PersonQuestion<S>,
): PersonAnswer<z.output<S>> {
  const said = inputResponse(mcpReq.inputResponses, key);
  if (said.kind === 'missing') {
    if (!canAsk(server, mcpReq)) {
      const problem = 'a person decides this, and this client cannot ask its person (elicitation)';
      throw new BatonError('not_owner', `${problem}; ${otherwise}`);
    }
    const requestedSchema = form as never;
    const inputRequests = { [key]: inputRequired.elicit({ message, requestedSchema }) };
    return { kind: 'asked', asked: inputRequired({ inputRequests }) };
  }
  const content = acceptedContent(mcpReq.inputResponses, key, form as never);
  if (content === undefined) {
    throw new BatonError('cancelled', 'the person did not decide: nothing was changed');
  }
  return { kind: 'answered', content: content as z.output<S> };
}

/** Clients of 2026 say with each request what they can, those of 2025 when they connect. */
function canAsk(server: McpServer, { envelope }: ServerContext['mcpReq']): boolean {
  const meta = envelope as Readonly<Record<string, unknown>> | undefined;
  const said = meta?.[CLIENT_CAPABILITIES_META_KEY] as ClientCapabilities | undefined;
  return (said ?? server.server.getClientCapabilities())?.elicitation !== undefined;
}
