import { BatonError, type Notice, type Notifier } from '@baton/core';
import { type Post, post } from '../webhooks/post.ts';
import { resultOf } from '../webhooks/webhook-target.ts';
import { noticeLines } from './notice-lines.ts';

export interface ChatOptions extends Pick<Post, 'resolve' | 'allowPrivate'> {
  /** Of the incoming webhook: whoever has it may post. */
  readonly url: string;
}

/** Tells a chat by an incoming webhook of Slack's form, which Mattermost, Rocket.Chat and others take as well. */
export function createChatNotifier({ url, ...options }: ChatOptions): Notifier {
  return {
    async notify(notice, signal) {
      try {
        const answer = await post({
          url: new URL(url),
          headers: { 'content-type': 'application/json', 'user-agent': 'Baton-Notifier' },
          body: JSON.stringify(chatMessage(notice)),
          ...{ ...options, signal },
        });
        const result = resultOf(answer.status, answer.retryAfterMs, answer.words);
        // The channel is gone: whoever set it up hears of it by the dead letters.
        return result.kind === 'gone' ? { kind: 'refused', reason: result.reason } : result;
      } catch (reason) {
        return { kind: 'failed', reason: BatonError.from(reason).message };
      }
    },
  };
}

/** Slack takes 3000 characters in a section. */
const MOST_IN_SECTION = 2900;

function chatMessage(notice: Notice) {
  const { title, text, actions, link, workflowId } = notice;
  const commands = actions.map(
    ({ label, command }) => `${escaped(label)}:\n\`\`\`${escaped(command)}\`\`\``,
  );
  const last = link === undefined ? escaped(workflowId) : `<${link}|${escaped(workflowId)}>`;
  return {
    text: escaped(noticeLines(notice).join('\n')),
    blocks: [
      section(`*${escaped(title)}*\n${escaped(text)}`),
      ...(commands.length === 0 ? [] : [section(commands.join('\n'))]),
      { type: 'context', elements: [{ type: 'mrkdwn', text: last }] },
    ],
  };
}

function section(text: string) {
  return { type: 'section', text: { type: 'mrkdwn', text: text.slice(0, MOST_IN_SECTION) } };
}

/** So that nothing in a text is a mention of all, or a link to elsewhere. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
