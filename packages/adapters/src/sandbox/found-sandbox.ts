import type { Sandbox } from './sandbox.ts';

/** A sandbox of this machine, or why there is none. */
export type FoundSandbox =
  | { readonly sandbox: Sandbox; readonly version: string }
  | {
      readonly sandbox: undefined;
      readonly problem: string;
      /** What makes the sandbox work here, in words; absent: unknown. */
      readonly advice?: string;
    };
