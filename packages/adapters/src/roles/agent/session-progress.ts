import type { SessionUpdate } from '@agentclientprotocol/sdk';
import { shownText } from '../../process/excerpt.ts';
import { createTextProgress, type TextContext } from '../llm/text-progress.ts';

/** Tells the watchers of a build what an agent does, and keeps the text of its turn. */
export interface SessionProgress {
  update(update: SessionUpdate): void;
  /** Ends the turn, and returns what the agent wrote in it: its end, where that is long. */
  endTurn(): string;
}

/** Characters of a turn's text that are kept; an outcome stands at its end. */
const KEPT = 1024 * 1024;
const TITLE = 200;
/** Calls at one time of which the title is kept. */
const MOST_CALLS = 1000;

export function createSessionProgress(context: TextContext): SessionProgress {
  const text = createTextProgress(context);
  let turn = '';
  const titles = new Map<string, string>();

  /** Masked before it is cut. */
  function lineOf(what: string): string {
    const line = shownText(context, what).replace(/\s+/g, ' ');
    return line.slice(0, TITLE).toWellFormed();
  }

  function say(what: string): void {
    context.progress(lineOf(what));
  }

  return {
    update(update) {
      switch (update.sessionUpdate) {
        case 'agent_message_chunk':
          if (update.content.type !== 'text') break;
          text.add(update.content.text);
          turn += update.content.text;
          // Shortened at double the size, so that the cost per character stays constant.
          if (turn.length > 2 * KEPT) turn = turn.slice(-KEPT);
          break;
        case 'tool_call':
          if (titles.size < MOST_CALLS) titles.set(update.toolCallId, lineOf(update.title));
          say(`${update.kind ?? 'other'}: ${update.title}`);
          break;
        case 'tool_call_update':
          if (update.status === 'failed') {
            say(`failed: ${update.title ?? titles.get(update.toolCallId) ?? 'a tool call'}`);
          }
          if (update.status === 'failed' || update.status === 'completed') {
            titles.delete(update.toolCallId);
          }
          break;
        case 'plan': {
          const done = update.entries.filter(({ status }) => status === 'completed').length;
          const now = update.entries.find(({ status }) => status === 'in_progress');
          const next = now === undefined ? '' : `, now: ${now.content}`;
          say(`plan: ${done} of ${update.entries.length} done${next}`);
          break;
        }
      }
    },
    endTurn() {
      const whole = turn.slice(-KEPT);
      text.end('whole');
      turn = '';
      return whole;
    },
  };
}
