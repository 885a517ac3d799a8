import type { Usage } from '@baton/core';
import { onTestFinished } from 'vitest';
import type { GatewayCall, ModelGatewayOptions, Upstream } from '../gateway-options.ts';
import { createModelGateway } from '../model-gateway.ts';
import { type Act, startFakeProvider } from './fake-provider.ts';

export const KEY = 'the-real-key-of-the-provider';

/** A gateway that goes with the test, with what it reported. */
export async function openGateway(
  baseUrl: string,
  options: Partial<ModelGatewayOptions> = {},
  upstream: Partial<Upstream> = {},
) {
  const reported: Usage[] = [];
  const calls: GatewayCall[] = [];
  const ended = new AbortController();
  const gateway = await createModelGateway({
    upstreams: (['anthropic', 'openai', 'gemini'] as const).map((api) => ({
      api,
      baseUrl,
      key: KEY,
      ...upstream,
    })),
    report: (used) => void reported.push(used),
    onCall: (call) => void calls.push(call),
    signal: ended.signal,
    ...options,
  });
  onTestFinished(() => gateway.close());

  /** Asks as an agent does that has the token. */
  function post(path: string, body: unknown, init: RequestInit = {}): Promise<Response> {
    return fetch(`${gateway.url}${path}`, {
      method: 'POST',
      body: typeof body === 'string' ? body : JSON.stringify(body),
      ...init,
      headers: { authorization: `Bearer ${gateway.token}`, ...init.headers },
    });
  }

  return { gateway, post, reported, calls, ended };
}

/** A provider that goes with the test. */
export async function fakeProvider(actOf?: (nth: number) => Act) {
  const provider = await startFakeProvider(actOf);
  onTestFinished(provider.close);
  return provider;
}
