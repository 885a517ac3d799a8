import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Asked,
  runShell,
  shellQuoted,
  toolCall,
  writeFile,
} from '../../packages/adapters/src/roles/agent/testing/fake-model.ts';
import type { Said } from '../../packages/adapters/src/roles/llm/testing/script.ts';

/** What the model has the code writer do: its work, or to write on without end, or to wait. */
type Writing = 'work' | 'tick' | 'wait';

/** A model that builds the dark mode as the cassette of the example has it, a mistake and its mending included. */
export interface DarkModeModel {
  readonly act: (asked: Asked) => Promise<Said>;
  /** What the code writer does from now on; what waits goes on with it. */
  write(writing: Writing): void;
  /** How many requests of the code writer have waited so far. */
  waited(): number;
}

interface Entry {
  readonly state: string;
  readonly outcome: { readonly result: object };
  readonly files: Readonly<Record<string, { readonly content: string }>>;
}

/** The last words of every assignment. */
const ASSIGNMENT = /Perform `(\w+)` now\./;

/** What a code writer that ticks is known by among the processes. */
export const TICKING = 'ticks-without-end';
export const TICKED = 'ticking.txt';

/**
 * @param example the folder with the cassette.
 * @param folder returns the folder that the code writer works in.
 */
export function createDarkModeModel(example: string, folder: () => string): DarkModeModel {
  const { entries } = JSON.parse(readFileSync(join(example, 'cassette.json'), 'utf8')) as {
    readonly entries: readonly Entry[];
  };
  let writing: Writing = 'work';
  let waited = 0;
  let { promise: changed, resolve: change } = Promise.withResolvers<void>();

  /** The calls that perform an assignment, in order. */
  function movesOf(state: string, assignment: string): readonly ((asked: Asked) => Said)[] {
    const again = assignment.includes('This work came back');
    const entry = entries.filter((one) => one.state === state)[again ? 1 : 0];
    if (entry === undefined) return [];
    const { files, outcome } = entry;
    return [
      ...Object.entries(files).map(
        ([path, { content }]) =>
          (asked: Asked) =>
            // Some agents have their model read a file before it writes over it.
            existsSync(join(folder(), path))
              ? runShell(
                  asked,
                  folder(),
                  `printf %s ${shellQuoted(content)} > ${shellQuoted(path)}`,
                )
              : writeFile(asked, folder(), path, content),
      ),
      (asked) => toolCall(asked, /submit/, outcome.result) ?? { text: 'there is no submit' },
    ];
  }

  return {
    async act(asked) {
      const { conversation } = asked;
      const begun = conversation.findLastIndex(({ text }) => ASSIGNMENT.test(text));
      const { text = '' } = conversation[begun] ?? {};
      const [, state = ''] = ASSIGNMENT.exec(text) ?? [];
      const done = conversation.slice(begun).filter(({ kind }) => kind === 'result').length;
      // Agents ask for titles and the like, too, without tools.
      if (state === '' || !asked.tools.some((name) => name.includes('submit'))) {
        return { text: 'All done.' };
      }
      const isWriter = state === 'implementation';
      if (isWriter && writing === 'wait') waited++;
      while (isWriter && writing === 'wait') await changed;
      if (isWriter && writing === 'tick') {
        // What is said after its command has gone on for a while comes never.
        if (done > 0) return new Promise<never>(() => {});
        const line = `: ${TICKING}; while :; do printf x >> ${TICKED}; sleep 0.05; done`;
        return runShell(asked, folder(), line);
      }
      return movesOf(state, text)[done]?.(asked) ?? { text: 'All done.' };
    },
    write(next) {
      writing = next;
      change();
      ({ promise: changed, resolve: change } = Promise.withResolvers<void>());
    },
    waited: () => waited,
  };
}
