import type { Notifier } from '@baton/core';
import { describeNotifierContract, type NotifierHarness } from '@baton/core/testing';
import { type Receiver, startReceiver } from '../webhooks/testing/receiver.ts';
import { createChatNotifier } from './chat-notifier.ts';
import { createEmailNotifier } from './email-notifier.ts';
import { startMailServer } from './testing/mail-server.ts';
import { createWebhookNotifier } from './webhook-notifier.ts';

/** A notifier that posts. */
async function posting(
  make: (receiver: Receiver) => Notifier,
  textOf: (body: string) => string,
): Promise<NotifierHarness> {
  const receiver = await startReceiver();
  const told: string[] = [];
  receiver.answer = (response, { body }) => {
    told.push(textOf(body));
    response.writeHead(200).end('ok');
  };
  return {
    notifier: make(receiver),
    told: () => told,
    fail() {
      receiver.answer = (response) => void response.writeHead(503).end();
    },
    fallSilent() {
      receiver.answer = () => {};
    },
    destroy: async () => {},
  };
}

describeNotifierContract('the chat', () =>
  posting(
    ({ url }) => createChatNotifier({ url, allowPrivate: true }),
    (body) => JSON.parse(body).text,
  ),
);

describeNotifierContract('the webhook', () =>
  posting(
    ({ url }) =>
      createWebhookNotifier(
        { url, keys: [Buffer.alloc(24)], allowPrivate: true },
        { redact: (text) => text },
      ),
    (body) => textsIn(JSON.parse(body).data).join('\n'),
  ),
);

describeNotifierContract('e-mail', async () => {
  const server = await startMailServer();
  const notifier = createEmailNotifier({
    smtpUrl: `smtp://127.0.0.1:${server.port}`,
    ...{ from: 'baton@example.com', to: ['{user}@example.com'] },
  });
  return {
    notifier,
    told: () => server.mails.map(({ text }) => text.replaceAll('=\r\n', '').replaceAll('=3D', '=')),
    fail() {
      server.refusal = 450;
    },
    fallSilent() {
      server.refusal = 0;
    },
    destroy: async () => {},
  };
});

function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}
