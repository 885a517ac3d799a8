import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { anthropicMessages } from '../../llm/testing/anthropic-messages.ts';
import { googleGenerate } from '../../llm/testing/google-generate.ts';
import { openaiChat } from '../../llm/testing/openai-chat.ts';
import { openaiResponses } from '../../llm/testing/openai-responses.ts';
import type { Protocol, Said } from '../../llm/testing/script.ts';

/** What an agent asks its model, whatever the API. */
export interface Asked {
  /** Names of the tools that the model may call. */
  readonly tools: readonly string[];
  /** How many tool results are in the conversation so far. */
  readonly results: number;
  /** The whole request. */
  readonly text: string;
}

export interface FakeModel {
  readonly url: string;
  readonly asked: readonly Asked[];
  close(): Promise<void>;
}

const API: readonly (readonly [RegExp, Protocol])[] = [
  [/\/messages$/, anthropicMessages],
  [/\/responses$/, openaiResponses],
  [/\/chat\/completions$/, openaiChat],
  [/:(streamGenerateContent|generateContent)$/, googleGenerate],
];

/** A provider of all four APIs on a local port, whose model says what `act` answers. Streams only. */
export async function startFakeModel(act: (asked: Asked) => Said): Promise<FakeModel> {
  const asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    const body = await text(request);
    const path = (request.url ?? '').split('?')[0] ?? '';
    const protocol = API.find(([pattern]) => pattern.test(path))?.[1];
    if (protocol === undefined) return other(path, response);
    const found = JSON.parse(body) as Body;
    const one: Asked = { tools: toolsOf(found), results: resultsOf(found), text: body };
    asked.push(one);
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const event of protocol(act(one))) response.write(event);
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function other(path: string, response: ServerResponse): void {
  response.writeHead(path.endsWith('/models') || path.endsWith('count_tokens') ? 200 : 404, {
    'content-type': 'application/json',
  });
  response.end(JSON.stringify({ object: 'list', data: [], models: [], input_tokens: 10 }));
}

interface Tool {
  readonly type?: string;
  readonly name?: string;
  readonly function?: { readonly name: string };
  readonly functionDeclarations?: readonly { readonly name: string }[];
  readonly tools?: readonly Tool[];
}

interface Content {
  readonly type?: string;
  readonly functionResponse?: unknown;
}

interface Body {
  readonly tools?: readonly Tool[];
  readonly messages?: readonly { readonly role: string; readonly content: string | Content[] }[];
  readonly input?: string | Content[];
  readonly contents?: readonly { readonly parts: Content[] }[];
}

/** Tools in a namespace are named `tool@namespace`. */
function toolsOf({ tools = [] }: Body): string[] {
  return tools.flatMap((tool) => {
    if (tool.functionDeclarations) return tool.functionDeclarations.map(({ name }) => name);
    if (tool.type === 'namespace') {
      return (tool.tools ?? []).map(({ name }) => `${name}@${tool.name}`);
    }
    return [tool.name ?? tool.function?.name ?? tool.type ?? ''];
  });
}

function resultsOf({ messages = [], input = [], contents = [] }: Body): number {
  const count = (all: readonly Content[], is: (one: Content) => boolean) => all.filter(is).length;
  const ofMessages = messages.map(({ role, content }) =>
    role === 'tool'
      ? 1
      : typeof content === 'string'
        ? 0
        : count(content, ({ type }) => type === 'tool_result'),
  );
  const ofContents = contents.map(({ parts }) =>
    count(parts, ({ functionResponse }) => functionResponse !== undefined),
  );
  const ofInput =
    typeof input === 'string' ? 0 : count(input, ({ type }) => /_output$/.test(type ?? ''));
  return [...ofMessages, ...ofContents, ofInput].reduce((sum, one) => sum + one, 0);
}

/** A call of the tool with that name, whatever the agent made of it: `mcp__baton__submit`, `submit@baton`. */
export function toolCall({ tools }: Asked, pattern: RegExp, input: object): Said | undefined {
  const name = tools.find((one) => pattern.test(one));
  if (name === undefined) return undefined;
  const [local = '', namespace] = name.split('@');
  return { calls: [{ name: local, input, ...(namespace && { namespace }) }] };
}

/** A call that writes a file with the agent's own tool for that. */
export function writeFile(asked: Asked, cwd: string, path: string, content: string): Said {
  const file = `${cwd}/${path}`;
  const command = `printf '%s' '${content}' > '${file}'`;
  return (
    toolCall(asked, /^(Write|write_file)$/, { file_path: file, content }) ??
    toolCall(asked, /^write$/, { filePath: file, content }) ??
    toolCall(asked, /^(exec_command|shell_command|run_shell_command|bash)$/, {
      ...{ cmd: command, command, workdir: cwd },
    }) ??
    toolCall(asked, /^shell$/, { command: ['bash', '-c', command], workdir: cwd }) ?? {
      text: `no tool writes files: ${asked.tools.join(', ')}`,
    }
  );
}
