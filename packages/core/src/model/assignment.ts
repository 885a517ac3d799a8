import type { JsonObject } from './json.ts';
import type { AnsweredQuestion } from './outcome.ts';
import type { Allowance } from './usage.ts';
import type { Role, State } from './vocabulary.ts';
import type { Checkpoint, Feedback } from './workflow.ts';

/** What the current state asks of its role. Plain JSON: it crosses process borders as it is. */
export interface Assignment {
  readonly workflowId: string;
  readonly buildId: string;
  readonly projectId: string;
  readonly userId: string;
  readonly definition: { readonly name: string; readonly version: number };
  /** The phase to perform. */
  readonly state: State;
  readonly role: Role;
  readonly epoch: number;
  /** From 1: which claim of this assignment this is. */
  readonly attempt: number;
  readonly instructions: string;
  readonly requirements: JsonObject;
  readonly metadata: JsonObject;
  /** Accepted outputs of the phases before, by phase. */
  readonly inputs: Readonly<Record<string, JsonObject>>;
  /** Why the work came back; absent the first time. */
  readonly feedback: Feedback | undefined;
  /** What people answered to the questions of this build so far. */
  readonly answers: readonly AnsweredQuestion[];
  /** What this attempt may use at most; absent where nothing is capped. */
  readonly allowance: Allowance | undefined;
  /** JSON Schema (2020-12) of the output. */
  readonly outputSchema: JsonObject;
  /** The gates that the output must pass, by name. */
  readonly gates: Readonly<Record<string, string>>;
  /** The workspace as the role finds it; absent before the first checkpoint. */
  readonly checkpoint: Checkpoint | undefined;
  /** The span that began the workflow, as W3C Trace Context tells it; absent where nothing is traced. */
  readonly traceparent?: string | undefined;
  /** Milliseconds since the Unix epoch; work past it is thrown away. */
  readonly deadline: number;
}
