import type { SessionUpdate, ToolCallUpdate } from '@agentclientprotocol/sdk';

/** What an agent has told of the calls of its tools, by their ids. */
export interface KnownCalls {
  update(update: SessionUpdate): void;
  /**
   * The call that an agent asks permission for: it may name no more of it than its id, and a rule looks at the kind and
   * the title.
   */
  completed(call: ToolCallUpdate): ToolCallUpdate;
}

/** Calls at one time; of more, the oldest are forgotten. */
const MOST = 1000;

type Told = Pick<ToolCallUpdate, 'kind' | 'title' | 'rawInput'>;

export function createKnownCalls(): KnownCalls {
  const calls = new Map<string, Told>();
  return {
    update(update) {
      if (update.sessionUpdate !== 'tool_call' && update.sessionUpdate !== 'tool_call_update')
        return;
      const { toolCallId, status } = update;
      const told = merged(calls.get(toolCallId), update);
      calls.delete(toolCallId);
      if (status === 'completed' || status === 'failed') return;
      calls.set(toolCallId, told);
      const [oldest] = calls.keys();
      if (calls.size > MOST && oldest !== undefined) calls.delete(oldest);
    },
    completed: (call) => ({ ...call, ...merged(calls.get(call.toolCallId), call) }),
  };
}

function merged(known: Told = {}, { kind, title, rawInput }: Told): Told {
  return {
    kind: kind ?? known.kind ?? null,
    title: title ?? known.title ?? null,
    rawInput: rawInput ?? known.rawInput,
  };
}
