import { BatonError, type Notifier, type Redact } from '@baton/core';
import { untilAborted } from '@baton/core/waits';
import type { DeliveryTarget } from '../delivery/target.ts';
import { TIMEOUT_SECONDS } from '../webhooks/webhook-target.ts';
import { noticeOf, occasionOf } from './notice.ts';
import type { NotifySettings } from './notify-schema.ts';

export interface NotifyOptions extends Pick<NotifySettings, 'name' | 'on' | 'projects'> {
  readonly notifier: Notifier;
  readonly publicUrl: string | undefined;
  readonly redact: Redact;
  /** Milliseconds for a try. Default 15,000. */
  readonly timeoutMs?: number | undefined;
}

/** A target that tells people: of the occasions that it is for, once each. */
export function createNotifyTarget(options: NotifyOptions): DeliveryTarget {
  const { name, on, projects, notifier, redact, timeoutMs = TIMEOUT_SECONDS * 1000 } = options;
  return {
    name,
    covers: (projectId) => projects === undefined || projects.includes(projectId),
    wants(event, finalState) {
      const occasion = occasionOf(event, finalState);
      return occasion !== undefined && on.includes(occasion);
    },
    async deliver(delivery, signal) {
      const occasion = occasionOf(delivery.event, delivery.state);
      if (occasion === undefined) return { kind: 'delivered' };
      const notice = noticeOf(delivery, occasion, options);
      const timeout = AbortSignal.timeout(timeoutMs);
      const ended = AbortSignal.any([signal, timeout]);
      try {
        const result = await untilAborted(() => notifier.notify(notice, ended), ended);
        return result.kind === 'delivered' ? result : { ...result, reason: redact(result.reason) };
      } catch (reason) {
        if (timeout.aborted)
          return { kind: 'failed', reason: `no answer within ${timeoutMs / 1000} s` };
        return { kind: 'failed', reason: redact(BatonError.from(reason).message) };
      }
    },
  };
}
