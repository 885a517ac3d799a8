import { argumentsOf, type Protocol, pieces } from './script.ts';

const event = (data: unknown): string => `data: ${JSON.stringify(data)}\n\n`;

const chunk = (delta: object, finish: string | null = null): string =>
  event({
    id: 'chatcmpl-1',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'scripted',
    choices: [{ index: 0, delta, finish_reason: finish }],
  });

/** The stream of OpenAI's chat completions, which many servers speak. */
export const openaiChat: Protocol = (said) => {
  const { text = '', calls = [], usage = { input: 100, output: 20 }, stop, streamError } = said;
  const { input, cached = 0, output, reasoning = 0 } = usage;
  const events = [
    chunk({ role: 'assistant', content: '' }),
    ...pieces(text).map((content) => chunk({ content })),
    ...calls.flatMap(({ name, input: given }, index) => {
      const [first = '', ...rest] = pieces(argumentsOf(given));
      const id = `call_${index}_${Math.random()}`;
      const head = { index, id, type: 'function', function: { name, arguments: first } };
      return [
        chunk({ tool_calls: [head] }),
        ...rest.map((piece) => chunk({ tool_calls: [{ index, function: { arguments: piece } }] })),
      ];
    }),
  ];
  if (streamError !== undefined) {
    return [...events, event({ error: { message: streamError, type: streamError } })];
  }
  if (said.ending !== undefined) return events;
  const reasons = { refusal: 'content_filter', length: 'length' };
  const ending = calls.length > 0 ? 'tool_calls' : 'stop';
  return [
    ...events,
    chunk({}, stop === undefined ? ending : reasons[stop]),
    event({
      id: 'chatcmpl-1',
      object: 'chat.completion.chunk',
      created: 1,
      model: 'scripted',
      choices: [],
      usage:
        said.rawUsage === undefined
          ? {
              prompt_tokens: input,
              completion_tokens: output,
              total_tokens: input + output,
              prompt_tokens_details: { cached_tokens: cached },
              completion_tokens_details: { reasoning_tokens: reasoning },
            }
          : said.rawUsage,
    }),
    'data: [DONE]\n\n',
  ];
};
