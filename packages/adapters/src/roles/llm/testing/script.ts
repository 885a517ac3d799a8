import type { IncomingHttpHeaders } from 'node:http';

/** What the scripted model says in one answer. */
export interface Said {
  readonly text?: string;
  /** What it thought before that; Anthropic only. */
  readonly thought?: string;
  readonly calls?: readonly {
    readonly name: string;
    /** OpenAI's responses only: where the tool is from. */
    readonly namespace?: string;
    readonly input: unknown;
  }[];
  readonly usage?: {
    /** All tokens read, the cached ones included. */
    readonly input: number;
    readonly cached?: number;
    readonly output: number;
    readonly reasoning?: number;
  };
  /** The model refuses, or its answer is cut. */
  readonly stop?: 'refusal' | 'length';
  /** Counts as they are, in place of `usage`: OpenAI's chat completions only. */
  readonly rawUsage?: unknown;
  /** An error event in the midst of the stream, by the provider's type. */
  readonly streamError?: string;
  /** The stream stays open, or the connection breaks, before the answer is over. */
  readonly ending?: 'hang' | 'break';
}

/** The provider refuses the request. */
interface Refused {
  readonly error: {
    readonly status: number;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: unknown;
  };
}

export type Reply = Said | Refused;

export interface SeenRequest {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Record<string, unknown>;
  readonly text: string;
}

export type Turn = Reply | ((request: SeenRequest) => Reply);

/** The events of an answer on the wire. */
export type Protocol = (said: Said) => readonly (string | Uint8Array)[];

/** Arguments as they go over the wire; a text goes as it is, to be no JSON. */
export function argumentsOf(input: unknown): string {
  return typeof input === 'string' ? input : JSON.stringify(input);
}

/** A text in two pieces, as a stream has it. */
export function pieces(text: string): string[] {
  const half = Math.ceil(text.length / 2);
  return [text.slice(0, half), text.slice(half)].filter((piece) => piece !== '');
}
