import type { Notifier } from '@baton/core';
import {
  postSigned,
  type WebhookEndpoint,
  type WebhookOptions,
} from '../webhooks/webhook-target.ts';

/** Tells a program of notices, with a message signed as those of events are. */
export function createWebhookNotifier(
  endpoint: Pick<WebhookEndpoint, 'url' | 'keys' | 'allowPrivate'>,
  options: WebhookOptions,
): Notifier {
  return {
    async notify(notice, signal) {
      const { id, at, occasion, ...data } = notice;
      const body = JSON.stringify({
        type: `notice.${occasion}`,
        timestamp: new Date(at).toISOString(),
        data,
      });
      const result = await postSigned(endpoint, { id, body }, signal, options);
      return result.kind === 'gone' ? { kind: 'refused', reason: result.reason } : result;
    },
  };
}
