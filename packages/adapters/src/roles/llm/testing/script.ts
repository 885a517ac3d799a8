import type { IncomingHttpHeaders } from 'node:http';

/** One answer of the scripted model. */
export interface Said {
  readonly text?: string;
  /** Its preceding reasoning; Anthropic only. */
  readonly thought?: string;
  readonly calls?: readonly {
    readonly name: string;
    /** OpenAI's responses only: where the tool is from. */
    readonly namespace?: string;
    readonly input: unknown;
  }[];
  readonly usage?: {
    /** All input tokens, including cached ones. */
    readonly input: number;
    readonly cached?: number;
    readonly output: number;
    readonly reasoning?: number;
  };
  /** The model refuses, or its answer is cut off. */
  readonly stop?: 'refusal' | 'length';
  /** Counts to send unchanged instead of `usage`; OpenAI's chat completions only. */
  readonly rawUsage?: unknown;
  /** An error event within the stream, by the provider's type. */
  readonly streamError?: string;
  /** The stream hangs, or the connection breaks, before the answer ends. */
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

/** Encodes an answer as events on the wire. */
export type Protocol = (said: Said) => readonly (string | Uint8Array)[];

/** Arguments on the wire; a text is sent unchanged, as invalid JSON. */
export function argumentsOf(input: unknown): string {
  return typeof input === 'string' ? input : JSON.stringify(input);
}

/** Splits a text in two, as a stream would. */
export function pieces(text: string): string[] {
  const half = Math.ceil(text.length / 2);
  return [text.slice(0, half), text.slice(half)].filter((piece) => piece !== '');
}
