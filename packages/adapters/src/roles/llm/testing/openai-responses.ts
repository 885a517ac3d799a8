import { argumentsOf, type Protocol, pieces } from './script.ts';

/** The stream of OpenAI's responses API. */
export const openaiResponses: Protocol = (said) => {
  const { text, calls = [], usage = { input: 100, output: 20 }, stop, streamError } = said;
  const { input, cached = 0, output, reasoning = 0 } = usage;
  let sequence = 0;
  const event = (type: string, data: object): string =>
    `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: sequence++, ...data })}\n\n`;
  const response = { id: 'resp_1', object: 'response', created_at: 1, model: 'scripted' };
  const events = [event('response.created', { response: { ...response, status: 'in_progress' } })];
  let position = 0;
  if (text !== undefined) {
    const place = { item_id: 'msg_1', output_index: position++, content_index: 0 };
    const item = { id: 'msg_1', type: 'message', role: 'assistant' };
    const type = stop === 'refusal' ? 'refusal' : 'output_text';
    events.push(
      event('response.output_item.added', {
        output_index: place.output_index,
        item: { ...item, status: 'in_progress', content: [] },
      }),
      ...pieces(text).map((delta) => event(`response.${type}.delta`, { ...place, delta })),
      ...(stop === 'refusal' ? [event('response.refusal.done', { ...place, refusal: text })] : []),
      event('response.output_item.done', {
        output_index: place.output_index,
        item: {
          ...item,
          status: 'completed',
          content: [stop === 'refusal' ? { type, refusal: text } : { type, text, annotations: [] }],
        },
      }),
    );
  }
  for (const [index, { name, namespace, input: given }] of calls.entries()) {
    const output_index = position++;
    const id = `fc_${index}_${Math.random()}`;
    const item = {
      id,
      type: 'function_call',
      call_id: `call_${id}`,
      name,
      ...(namespace && { namespace }),
    };
    const all = argumentsOf(given);
    events.push(
      event('response.output_item.added', {
        output_index,
        item: { ...item, arguments: '', status: 'in_progress' },
      }),
      ...pieces(all).map((delta) =>
        event('response.function_call_arguments.delta', { item_id: id, output_index, delta }),
      ),
      event('response.function_call_arguments.done', { item_id: id, output_index, arguments: all }),
      event('response.output_item.done', {
        output_index,
        item: { ...item, arguments: all, status: 'completed' },
      }),
    );
  }
  if (streamError !== undefined) {
    return [...events, event('error', { code: streamError, message: streamError, param: null })];
  }
  if (said.ending !== undefined) return events;
  const cut = stop === 'length';
  return [
    ...events,
    event(cut ? 'response.incomplete' : 'response.completed', {
      response: {
        ...response,
        status: cut ? 'incomplete' : 'completed',
        ...(cut && { incomplete_details: { reason: 'max_output_tokens' } }),
        usage: {
          input_tokens: input,
          input_tokens_details: { cached_tokens: cached },
          output_tokens: output,
          output_tokens_details: { reasoning_tokens: reasoning },
          total_tokens: input + output,
        },
      },
    }),
  ];
};
