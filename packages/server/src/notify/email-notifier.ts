import type { Notifier, NotifyResult } from '@baton/core';
import { untilAborted } from '@baton/core/waits';
import { noticeLines } from './notice-lines.ts';
import type { EmailSettings } from './notify-schema.ts';

/** Milliseconds until a mail server has to answer. */
const TIMEOUT_MS = 10_000;

export interface EmailOptions extends Pick<EmailSettings, 'from' | 'to'> {
  /** With name and password, where there are any. */
  readonly smtpUrl: string;
}

/** Tells people by e-mail, in plain text. */
export function createEmailNotifier({ smtpUrl, from, to }: EmailOptions): Notifier {
  return {
    async notify(notice, signal) {
      const recipients = to.map((one) => one.replaceAll('{user}', notice.userId));
      // A user's id is whatever a caller says: it must not name another domain, nor several people.
      const wrong = recipients.find((one) => !ADDRESS.test(one));
      if (wrong !== undefined) {
        return { kind: 'refused', reason: `'${notice.userId}' is no mailbox` };
      }
      const mail = {
        ...{ from, to: recipients, subject: notice.title },
        text: noticeLines(notice).join('\n'),
        messageId: `<${notice.id}@${domainOf(from)}>`,
        date: new Date(notice.at),
        headers: { 'Auto-Submitted': 'auto-generated', 'X-Baton-Occasion': notice.occasion },
      };
      // What it leaves behind ends by its own timeouts.
      return untilAborted(() => send(smtpUrl, mail), signal);
    },
  };
}

const ADDRESS = /^[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9.-]+$/;

function domainOf(from: string): string {
  return /@([A-Za-z0-9.-]+)/.exec(from)?.[1] ?? 'baton.invalid';
}

interface Mail {
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly messageId: string;
  readonly date: Date;
  readonly headers: Readonly<Record<string, string>>;
}

async function send(smtpUrl: string, { to, headers, ...mail }: Mail): Promise<NotifyResult> {
  // Loaded when needed: most servers send no mail.
  const { createTransport } = await import('nodemailer');
  const url = new URL(smtpUrl);
  const transport = createTransport({
    host: url.hostname.replace(/^\[|\]$/g, ''),
    ...(url.port !== '' && { port: Number(url.port) }),
    secure: url.protocol === 'smtps:',
    ...(url.username !== '' && {
      auth: { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) },
    }),
    connectionTimeout: TIMEOUT_MS,
    greetingTimeout: TIMEOUT_MS,
    socketTimeout: TIMEOUT_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  try {
    await transport.sendMail({ ...mail, to: [...to], headers: { ...headers } });
    return { kind: 'delivered' };
  } catch (reason) {
    return refusalOf(reason as SmtpError);
  } finally {
    transport.close();
  }
}

interface SmtpError extends Error {
  readonly code?: string;
  readonly responseCode?: number;
}

/** A mailbox that is not there will not be there later; a password that is wrong may be set right. */
function refusalOf({ code, responseCode = 0, message }: SmtpError): NotifyResult {
  const isFinal = responseCode >= 500 && (code === 'EENVELOPE' || code === 'EMESSAGE');
  return { kind: isFinal ? 'refused' : 'failed', reason: message };
}
