/** What an agent sends to its model, in the words of any of the four APIs. */
export interface RequestBody {
  readonly tools?: readonly Tool[];
  readonly messages?: readonly {
    readonly role: string;
    readonly content?: string | readonly Part[] | null;
  }[];
  readonly input?: string | readonly Item[];
  readonly contents?: readonly { readonly parts: readonly Part[] }[];
}

/** A text, or what a tool answered. */
export interface Turn {
  readonly kind: 'text' | 'result';
  readonly text: string;
}

interface Tool {
  readonly type?: string;
  readonly name?: string;
  readonly function?: { readonly name: string };
  readonly functionDeclarations?: readonly { readonly name: string }[];
  readonly tools?: readonly Tool[];
}

interface Part {
  readonly type?: string;
  readonly text?: string;
  readonly functionResponse?: unknown;
}

interface Item extends Part {
  readonly content?: string | readonly Part[];
}

/** Tools in a namespace are named `tool@namespace`. */
export function toolsOf({ tools = [] }: RequestBody): string[] {
  return tools.flatMap((tool) => {
    if (tool.functionDeclarations) return tool.functionDeclarations.map(({ name }) => name);
    if (tool.type === 'namespace') {
      return (tool.tools ?? []).map(({ name }) => `${name}@${tool.name}`);
    }
    return [tool.name ?? tool.function?.name ?? tool.type ?? ''];
  });
}

/** What was said before, system prompts aside. */
export function conversationOf({ messages = [], input = [], contents = [] }: RequestBody): Turn[] {
  const items: readonly Item[] = typeof input === 'string' ? [{ text: input }] : input;
  return [
    ...messages.flatMap(({ role, content }) =>
      role === 'tool' ? [result(content)] : turnsOf(content),
    ),
    ...items.flatMap((item) =>
      /_output$/.test(item.type ?? '') ? [result(item)] : turnsOf(item.content ?? [item]),
    ),
    ...contents.flatMap(({ parts }) => turnsOf(parts)),
  ];
}

function turnsOf(content: string | readonly Part[] | null = []): Turn[] {
  const parts = typeof content === 'string' ? [{ text: content }] : (content ?? []);
  return parts.flatMap((part: Part): Turn[] => {
    if (part.type === 'tool_result' || part.functionResponse !== undefined) return [result(part)];
    return part.text === undefined ? [] : [{ kind: 'text', text: part.text }];
  });
}

function result(found: unknown): Turn {
  return { kind: 'result', text: JSON.stringify(found) };
}
