import { argumentsOf, type Protocol, pieces } from './script.ts';

const event = (data: { type: string }): string =>
  `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`;

/** The stream of Anthropic's messages API. */
export const anthropicMessages: Protocol = (said) => {
  const { text, calls = [], usage = { input: 100, output: 20 }, stop, streamError, ending } = said;
  const { input, cached = 0, output, reasoning } = usage;
  const message = {
    // Agents take what has the same id for parts of one message.
    id: `msg_${Math.random()}`,
    type: 'message',
    role: 'assistant',
    model: 'scripted',
    content: [],
    usage: { input_tokens: input - cached, cache_read_input_tokens: cached, output_tokens: 1 },
  };
  const blocks = [
    ...(said.thought === undefined
      ? []
      : [
          {
            start: { type: 'thinking', thinking: '' },
            deltas: [
              { type: 'thinking_delta', thinking: said.thought },
              { type: 'signature_delta', signature: 'signed' },
            ],
          },
        ]),
    ...(text === undefined
      ? []
      : [
          {
            start: { type: 'text', text: '' },
            deltas: pieces(text).map((piece) => ({ type: 'text_delta', text: piece })),
          },
        ]),
    ...calls.map(({ name, input }, index) => ({
      start: { type: 'tool_use', id: `toolu_${index}_${Math.random()}`, name, input: {} },
      deltas: pieces(argumentsOf(input)).map((piece) => ({
        type: 'input_json_delta',
        partial_json: piece,
      })),
    })),
  ];
  const events = [
    event({ type: 'message_start', ...{ message } }),
    ...blocks.flatMap(({ start, deltas }, index) => [
      event({ type: 'content_block_start', ...{ index, content_block: start } }),
      ...deltas.map((delta) => event({ type: 'content_block_delta', ...{ index, delta } })),
      event({ type: 'content_block_stop', ...{ index } }),
    ]),
  ];
  if (streamError !== undefined) {
    events.push(
      event({ type: 'error', ...{ error: { type: streamError, message: streamError } } }),
    );
    return events;
  }
  if (ending !== undefined) return events;
  const stopReason = calls.length > 0 ? 'tool_use' : 'end_turn';
  const reasons = { refusal: 'refusal', length: 'max_tokens' };
  return [
    ...events,
    event({
      type: 'message_delta',
      ...{
        delta: {
          stop_reason: stop === undefined ? stopReason : reasons[stop],
          stop_sequence: null,
        },
        usage: {
          output_tokens: output,
          ...(reasoning && { output_tokens_details: { thinking_tokens: reasoning } }),
        },
      },
    }),
    event({ type: 'message_stop' }),
  ];
};
