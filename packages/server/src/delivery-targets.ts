import { createRedactor } from '@baton/adapters/secrets';
import type { Notifier, Redact } from '@baton/core';
import { ConfigError, type Environment } from './config.ts';
import type { DeliveryTarget } from './delivery/target.ts';
import { createChatNotifier } from './notify/chat-notifier.ts';
import { createEmailNotifier } from './notify/email-notifier.ts';
import type { NotifySettings } from './notify/notify-schema.ts';
import { createNotifyTarget } from './notify/notify-target.ts';
import { createWebhookNotifier } from './notify/webhook-notifier.ts';
import type { Policies } from './policies/policies.ts';
import { SECRET_FORM, secretKey } from './webhooks/webhook-secret.ts';
import { createWebhookTarget } from './webhooks/webhook-target.ts';

type Told = Pick<Policies, 'webhooks' | 'notify' | 'publicUrl'>;

/**
 * Who is told of events, as the policies name them, with the secrets that the environment holds.
 *
 * @throws ConfigError that names each variable that is missing or holds something else.
 */
export function deliveryTargets(
  { webhooks, notify, publicUrl }: Told,
  environment: Environment,
): readonly DeliveryTarget[] {
  const secrets = createSecretReader(environment);
  const endpoints = webhooks.map(({ secretEnv, ...endpoint }, index) => ({
    ...endpoint,
    keys: secrets.keys(`webhooks[${index}].secretEnv`, secretEnv),
  }));
  const makers = notify.map((entry, index) => notifierMaker(entry, `notify[${index}]`, secrets));
  secrets.refuseMissing();
  const redact = createRedactor({ values: secrets.values() });
  return [
    ...endpoints.map((endpoint) => createWebhookTarget(endpoint, { redact })),
    ...notify.map(({ name, on, projects }, index) => {
      const notifier = (makers[index] as MakeNotifier)(redact);
      return createNotifyTarget({ name, on, projects, notifier, publicUrl, redact });
    }),
  ];
}

type MakeNotifier = (redact: Redact) => Notifier;

/** Reads what the notifier of an entry needs, and tells what is wrong with it, before any is made. */
function notifierMaker(
  { email, chat, webhook, notifier }: NotifySettings,
  field: string,
  secrets: SecretReader,
): MakeNotifier {
  if (email !== undefined) {
    const smtpUrl = secrets.url(`${field}.email.smtpUrlEnv`, email.smtpUrlEnv, ['smtp:', 'smtps:']);
    return () => createEmailNotifier({ ...email, smtpUrl });
  }
  if (chat !== undefined) {
    const legal = chat.allowPrivate ? ['https:', 'http:'] : ['https:'];
    const besides = chat.allowPrivate ? '' : ' (with allowPrivate: true also http:)';
    const url = secrets.url(`${field}.chat.urlEnv`, chat.urlEnv, legal, besides);
    return () => createChatNotifier({ ...chat, url });
  }
  if (webhook !== undefined) {
    const keys = secrets.keys(`${field}.webhook.secretEnv`, webhook.secretEnv);
    return (redact) => createWebhookNotifier({ ...webhook, keys }, { redact });
  }
  return () => notifier as Notifier;
}

interface SecretReader {
  keys(field: string, names: string | readonly string[]): readonly Buffer[];
  url(field: string, name: string, protocols: readonly string[], besides?: string): string;
  /** Everything that was read, to be masked. */
  values(): readonly string[];
  /** @throws ConfigError with all that was wrong. */
  refuseMissing(): void;
}

/** Reads what variables hold, and gathers what is wrong with them. */
function createSecretReader(environment: Environment): SecretReader {
  const problems: string[] = [];
  const values: string[] = [];
  const refuse = (field: string, name: string, expected: string) => {
    const found = environment[name] ? 'something else' : 'nothing';
    problems.push(`WORKFLOW_POLICIES: ${field}: ${name}: found ${found}, expected ${expected}`);
  };
  return {
    keys(field, names) {
      return [names].flat().flatMap((name) => {
        const value = environment[name] ?? '';
        const key = secretKey(value);
        if (key === undefined) refuse(field, name, SECRET_FORM);
        else values.push(value);
        return key === undefined ? [] : [key];
      });
    },
    url(field, name, protocols, besides = '') {
      const value = environment[name] ?? '';
      const url = URL.canParse(value) ? new URL(value) : undefined;
      const password = url && decoded(url.password);
      if (url === undefined || password === undefined || !protocols.includes(url.protocol)) {
        const expected = `a URL that begins with ${protocols.join(' or ')}${besides}, special characters of a password as %XX`;
        refuse(field, name, expected);
        return '';
      }
      values.push(value, ...(password === '' ? [] : [password]));
      return value;
    },
    values: () => values,
    refuseMissing() {
      if (problems.length > 0) throw new ConfigError(problems);
    },
  };
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
