import type { Sandbox } from './sandbox.ts';

/** A sandbox of this machine, or why there is none. */
export type FoundSandbox =
  | { readonly sandbox: Sandbox; readonly version: string }
  | {
      readonly sandbox: undefined;
      readonly problem: string;
      /** What makes it work here, in words; absent: nothing does. */
      readonly advice?: string;
    };
