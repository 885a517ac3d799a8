import { createRedactor } from '@baton/adapters/secrets';
import type { Notice, Notifier } from '@baton/core';
import { Webhook } from 'standardwebhooks';
import { expect, it } from 'vitest';
import type { Delivery, DeliveryTarget } from '../delivery/target.ts';
import { build, scene } from '../delivery/testing/scene.ts';
import { deliveryTargets } from '../delivery-targets.ts';
import { toPolicies } from '../policies/policies.ts';
import { startReceiver } from '../webhooks/testing/receiver.ts';
import { noticeOf, occasionOf } from './notice.ts';
import { createNotifyTarget } from './notify-target.ts';
import { startMailServer } from './testing/mail-server.ts';

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const KEY = 'sk-ant-api03-0123456789abcdefghijklmnopqrstuvwxyz0123456789';
const redact = createRedactor();
const never = new AbortController().signal;

type Data = Delivery['event']['data'];

function delivery(type: string, data: Data, userId = 'ada'): Delivery {
  return {
    id: 'evt_1',
    workflow: {
      ...{ id: 'wf_1', projectId: 'shop', buildId: '42', userId },
      definition: { name: 'build', version: 1 },
    },
    event: {
      ...{ workflowId: 'wf_1', sequence: 7, type, triggeredBy: 'code_writer', data },
      ...{ at: Date.UTC(2026, 0, 1), revision: 2, epoch: 1 },
    },
    state: typeof data['to'] === 'string' ? data['to'] : 'implementation',
  };
}

const FAILED = delivery('workflow_failed', {
  ...{ from: 'testing', to: 'error', phase: 'testing', code: 'retries_spent' },
  message: `the key ${KEY} does not work`,
});
const ASKED = delivery('question_asked', {
  ...{ state: 'implementation', questionId: 'q1', text: 'Dark blue <!channel>?' },
  choices: ['Yes', 'No'],
});

function noticeFor(one: Delivery, publicUrl?: string): Notice {
  const occasion = occasionOf(one.event, one.state);
  if (occasion === undefined) throw new Error('no occasion');
  return noticeOf(one, occasion, { publicUrl, redact });
}

/** The targets of policies, with what the environment holds. */
function targets(policies: object, environment: Record<string, string> = {}): DeliveryTarget[] {
  return [...deliveryTargets(toPolicies(policies, true), environment)];
}

const email = { smtpUrlEnv: 'SMTP', from: 'Baton <baton@example.com>', to: ['team@example.com'] };

it('says of a failure what happened, what is wanted and how, with secrets masked', () => {
  const notice = noticeFor(FAILED, 'https://baton.example.com');
  expect(notice).toMatchObject({
    ...{ id: 'evt_1', occasion: 'error', title: 'Build 42 of shop failed in testing' },
    link: 'https://baton.example.com/api/workflows/wf_1/status',
  });
  expect(notice.text).toMatch(
    /^retries_spent: the key \S+ does not work\nIt waits for a person\.$/,
  );
  expect(notice.actions.map(({ command }) => command)).toEqual([
    'baton status wf_1 --server https://baton.example.com',
    'baton request-retry wf_1 --reason "what to do differently" --server https://baton.example.com',
  ]);
  expect(JSON.stringify(notice)).not.toContain(KEY);
});

it.each([
  [ASKED, 'asks a question', 'baton answer wf_1 q1 "your answer"', 'One of: Yes / No'],
  [
    delivery('approval_requested', {
      ...{ state: 'handoff_to_releaser', next: 'deployment', approvers: ['grace'] },
    }),
    ...['waits for an approval', 'baton approve wf_1 --by grace', 'waits for grace.'],
  ],
  [
    delivery('approval_requested', { state: 'testing', next: 'x', approvers: ['a; rm -rf ~'] }),
    ...['waits for an approval', 'baton approve wf_1 --by your-name', 'waits for a; rm -rf ~.'],
  ],
  [
    delivery('workflow_cancelled', {
      ...{ from: 'testing', to: 'error', code: 'cancelled', reason: 'not wanted any more' },
    }),
    ...['was cancelled in testing', 'baton status wf_1'],
    'code_writer stopped it: not wanted any more\nNothing is wanted.',
  ],
  [
    delivery('state_advanced', { from: 'deployment', to: 'complete' }),
    ...['is complete', 'baton history wf_1', 'has passed all gates'],
  ],
])('says what is wanted: %#', (one, title, command, words) => {
  const notice = noticeFor(one);
  expect(notice.title).toBe(`Build 42 of shop ${title}`);
  expect(notice.actions[0]?.command).toBe(command);
  expect(notice.text).toContain(words);
  expect(notice.link).toBeUndefined();
});

it('leaves out of the words of others what is more than text, and cuts what is long', () => {
  const text = `a\r\nb\u001b[2J\u202e${'x'.repeat(5000)}`;
  const notice = noticeFor(delivery('question_asked', { questionId: 'q1', text }));
  expect(notice.text).toMatch(/^code_writer asks ada: a\nb\[2Jx+…$/);
  expect(notice.text.length).toBeLessThan(1100);
});

it('sends an e-mail that names the user, under the same id at every try', async () => {
  const { port, mails } = await startMailServer();
  const [target] = targets(
    { notify: [{ name: 'mail', email: { ...email, to: ['{user}@example.com'] } }] },
    { SMTP: `smtp://baton:p%40ss@127.0.0.1:${port}` },
  );
  for (let n = 0; n < 2; n++) {
    expect(await target?.deliver(FAILED, never)).toEqual({ kind: 'delivered' });
  }
  expect(mails).toMatchObject([{ to: ['ada@example.com'], user: 'baton' }, {}]);
  const [first, second] = mails.map(({ text }) => text);
  expect(first).toContain('Subject: Build 42 of shop failed in testing\r\n');
  expect(first).toContain('baton request-retry wf_1');
  expect(first).not.toContain(KEY);
  const id = /^Message-ID: (.*)$/im;
  expect(id.exec(first ?? '')?.[1]).toBe('<evt_1@example.com>');
  expect(id.exec(second ?? '')?.[1]).toBe(id.exec(first ?? '')?.[1]);
});

it.each(['eve@evil.example', 'a,b', 'a\r\nBcc: eve', ''])(
  'sends no e-mail to the user %j, who would name other mailboxes',
  async (userId) => {
    const { port, mails } = await startMailServer();
    const [target] = targets(
      { notify: [{ name: 'mail', email: { ...email, to: ['{user}@example.com'] } }] },
      { SMTP: `smtp://127.0.0.1:${port}` },
    );
    const one = delivery('question_asked', { questionId: 'q1', text: 'Blue?' }, userId);
    expect(await target?.deliver(one, never)).toMatchObject({ kind: 'refused' });
    expect(mails).toEqual([]);
  },
);

it.each([
  [550, '', { kind: 'refused', reason: expect.stringContaining('no such mailbox') }],
  [450, '', { kind: 'failed' }],
  [undefined, 'baton:wrong@', { kind: 'failed', reason: expect.stringContaining('who are you?') }],
])('takes the refusal %o of a mail server', async (refuse, user, result) => {
  const { port } = await startMailServer(refuse);
  const [target] = targets(
    { notify: [{ name: 'mail', email }] },
    { SMTP: `smtp://${user}127.0.0.1:${port}` },
  );
  expect(await target?.deliver(FAILED, never)).toMatchObject(result);
});

it('posts to a chat what Slack takes, in which nobody is mentioned', async () => {
  const receiver = await startReceiver();
  const [target] = targets(
    {
      notify: [{ name: 'chat', chat: { urlEnv: 'CHAT', allowPrivate: true } }],
      publicUrl: 'https://baton.example.com',
    },
    { CHAT: receiver.url },
  );
  expect(await target?.deliver(ASKED, never)).toEqual({ kind: 'delivered' });
  const body = JSON.parse(receiver.received[0]?.body ?? '');
  expect(body.text).toContain('Build 42 of shop asks a question.');
  expect(body.text).toContain('Dark blue &lt;!channel&gt;?');
  expect(body.blocks).toMatchObject([
    {
      type: 'section',
      text: { type: 'mrkdwn', text: expect.stringContaining('&lt;!channel&gt;') },
    },
    { type: 'section', text: { text: expect.stringContaining('```baton answer wf_1 q1') } },
    { type: 'context' },
  ]);
  receiver.answer = (response) => void response.writeHead(429, { 'retry-after': '9' }).end();
  expect(await target?.deliver(ASKED, never)).toMatchObject({ kind: 'failed', retryAfterMs: 9000 });
  receiver.answer = (response) => void response.writeHead(410).end('channel_is_archived');
  expect(await target?.deliver(ASKED, never)).toMatchObject({ kind: 'refused' });
});

it('does not connect to a chat in a private network that the policies do not allow', async () => {
  const [target] = targets(
    { notify: [{ name: 'chat', chat: { urlEnv: 'CHAT' } }] },
    { CHAT: 'https://127.0.0.1/' },
  );
  expect(await target?.deliver(ASKED, never)).toEqual({
    kind: 'failed',
    reason: 'it leads to 127.0.0.1',
  });
});

it('posts a signed notice to a program', async () => {
  const receiver = await startReceiver();
  const { url } = receiver;
  const [target] = targets(
    { notify: [{ name: 'pager', webhook: { url, secretEnv: 'HOOK', allowPrivate: true } }] },
    { HOOK: SECRET },
  );
  expect(await target?.deliver(ASKED, never)).toEqual({ kind: 'delivered' });
  const [{ body, headers } = { body: '', headers: {} }] = receiver.received;
  expect(new Webhook(SECRET).verify(body, headers)).toMatchObject({
    type: 'notice.question',
    data: { workflowId: 'wf_1', buildId: '42', title: 'Build 42 of shop asks a question' },
  });
});

it('tells of each occasion of its projects once, over the same deliveries as webhooks', async () => {
  const told: string[] = [];
  const notifier = (name: string): Notifier => ({
    async notify({ occasion, buildId }) {
      told.push(`${name}: ${occasion} ${buildId}`);
      return { kind: 'delivered' };
    },
  });
  const { server, pass, complete } = await scene();
  const { baton } = await server(
    targets({
      notify: [
        { name: 'ends', on: ['complete'], projects: ['shop'], notifier: notifier('ends') },
        { name: 'errors', on: ['error'], notifier: notifier('errors') },
      ],
    }),
  );
  for (const project of ['shop', 'bank']) {
    const { workflowId } = await baton.start(build(`of-${project}`, project));
    await baton.rollback({ workflowId, targetState: 'discovery', reason: 'again', by: 'ada' });
    await complete(workflowId);
  }
  await pass(60_000, 4);
  await expect.poll(() => told).toEqual(['ends: complete of-shop']);
});

it.each([
  [() => Promise.reject(new Error(`no luck with ${KEY}`)), /^no luck with (?!sk-ant)/],
  [() => new Promise<never>(() => {}), /^no answer within 0\.02 s$/],
])('takes what a notifier rejects with, and its silence, for a failure', async (notify, reason) => {
  const target = createNotifyTarget({
    ...{ name: 'own', on: ['question'], projects: undefined, publicUrl: undefined },
    ...{ notifier: { notify }, redact, timeoutMs: 20 },
  });
  expect(await target.deliver(ASKED, never)).toEqual({
    kind: 'failed',
    reason: expect.stringMatching(reason),
  });
});

it.each([
  [{ notify: [{ name: 'x' }] }, 'notify[0]: found none; expected one of email, chat'],
  [
    { notify: [{ name: 'x', chat: { urlEnv: 'A' }, email }] },
    'notify[0]: found email and chat; expected one of email, chat',
  ],
  [{ notify: [{ name: 'x', on: ['end'], chat: { urlEnv: 'A' } }] }, 'notify[0].on[0]: found "end"'],
  [{ notify: [{ name: 'X', chat: { urlEnv: 'A' } }] }, 'notify[0].name: found "X"'],
  [
    { notify: [{ name: 'x', email: { ...email, to: ['{user}'] } }] },
    'notify[0].email.to[0]: found "{user}"; expected an address such as',
  ],
  [{ notify: [{ name: 'x', notifier: {} }] }, 'notify[0].notifier: expected an object with'],
  [
    {
      notify: [{ name: 'x', chat: { urlEnv: 'A' } }],
      webhooks: [{ name: 'x', url: 'https://a.example/', secretEnv: 'B' }],
    },
    "notify[0].name: found 'x' also in webhooks[0].name; expected another",
  ],
  [
    { webhooks: [{ name: 'x', url: 'http://a.example/', secretEnv: 'B' }] },
    'webhooks[0].url: found an http: URL; expected an https: one, or allowPrivate: true',
  ],
  [
    { webhooks: [{ name: 'x', url: 'https://u:p@a.example/', secretEnv: 'B' }] },
    'webhooks[0].url: expected an https: URL',
  ],
  [
    { webhooks: [{ name: 'x', url: 'https://a.example/', secretEnv: 'B', events: ['all'] }] },
    'webhooks[0].events[0]: found "all"; expected one of workflow_started',
  ],
  [{ publicUrl: 'https://a.example/$(id)' }, 'publicUrl: found'],
])('refuses the policies %j', (policies, words) => {
  expect(() => toPolicies(policies, false)).toThrow(words);
});

it.each([
  [{ SMTP: 'https://mail.example' }, 'notify[0].email.smtpUrlEnv: SMTP: found something else'],
  [{ SMTP: 'smtp://a:%zz@mail.example' }, 'special characters of a password as %XX'],
  [{}, 'notify[0].email.smtpUrlEnv: SMTP: found nothing, expected a URL that begins with smtp:'],
])('refuses the environment %j', (environment, words) => {
  expect(() => targets({ notify: [{ name: 'mail', email }] }, environment)).toThrow(words);
});

it.each([
  [{ urlEnv: 'CHAT' }, 'begins with https: (with allowPrivate: true also http:)'],
  [{ urlEnv: 'CHAT', allowPrivate: true }, undefined],
])('takes the http: URL of a chat only in a private network: %j', (chat, words) => {
  const make = () => targets({ notify: [{ name: 'chat', chat }] }, { CHAT: 'http://10.0.0.7/x' });
  if (words === undefined) expect(make()).toHaveLength(1);
  else expect(make).toThrow(words);
});
