import { createInterface } from 'node:readline/promises';
import type { Operations, People } from '@baton/builds';
import { plain } from '@baton/builds/internal';
import { BatonError, type WorkflowStatus } from '@baton/core';
import type { InputStream } from '../command-context.ts';
import type { OutputStream } from '../output/terminal.ts';
import { askForApproval, askQuestion, type Prompt } from './prompt.ts';

export interface TerminalPeopleOptions {
  readonly operations: Operations;
  /** The person at the terminal. */
  readonly person: string;
  readonly input: InputStream;
  readonly output: OutputStream;
  /** What Ctrl-C does. */
  readonly interrupt: () => void;
}

/**
 * Asks the person at a terminal.
 *
 * It asks one thing at a time. When the build waits for something else, it drops the earlier prompt.
 */
export function createTerminalPeople(options: TerminalPeopleOptions): People {
  const { operations, person } = options;
  let asking: { readonly about: string; readonly ended: AbortController } | undefined;

  function stop(): void {
    asking?.ended.abort();
    asking = undefined;
  }

  async function ask(status: WorkflowStatus, ended: AbortController): Promise<void> {
    const { prompt, close } = openPrompt(options, ended);
    const parts = { operations, person, status, prompt };
    try {
      if (status.awaiting?.kind === 'approval') await askForApproval(parts);
      else await askQuestion(parts);
    } finally {
      close();
    }
  }

  return {
    look(status, left) {
      const about = aboutOf(status);
      if (about === asking?.about) return;
      stop();
      if (about === undefined) return;
      const ended = new AbortController();
      asking = { about, ended };
      ask(status, ended).catch((reason) => {
        // Another person has settled it meanwhile. The trail shows how.
        const { code, message } = BatonError.from(reason);
        if (asking?.ended !== ended || code === 'wrong_state') return;
        if (code !== 'cancelled') options.output.write(`${plain(message)}\n`);
        left();
      });
    },
    dispose: stop,
  };
}

/** Names what the build waits for. Undefined when it waits for no person. */
function aboutOf({ awaiting, questions }: WorkflowStatus): string | undefined {
  if (awaiting === undefined) return undefined;
  if (awaiting.kind === 'approval') return `approval ${awaiting.since}`;
  return `question ${questions.find(({ answer }) => answer === undefined)?.id}`;
}

function openPrompt(
  { input, output, interrupt }: TerminalPeopleOptions,
  ended: AbortController,
): { readonly prompt: Prompt; close(): void } {
  const { signal } = ended;
  const lines = createInterface({ input, output, terminal: input.isTTY === true });
  const closed = new AbortController();
  lines.on('SIGINT', interrupt);
  // Ctrl-D, or the end of the input.
  lines.on('close', () => closed.abort());
  // Closing pauses the input, so it must happen at once: later, the next prompt reads that input.
  signal.addEventListener('abort', () => lines.close());
  return {
    prompt: {
      say: (text) => void output.write(`${text}\n`),
      async line(question) {
        const either = AbortSignal.any([signal, closed.signal]);
        return (await lines.question(question, { signal: either })).trim();
      },
    },
    close: () => lines.close(),
  };
}
