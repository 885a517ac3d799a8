import { repairUsage } from './repair-usage.ts';

/**
 * The global `fetch`, with a repair for providers that stream events: token counts that the AI SDK's schemas
 * reject are replaced on the way, so that they do not lose the answer.
 */
export const usageFetch: typeof fetch = async (input, init) => {
  const response = await fetch(input, init);
  const isStream = response.headers.get('content-type')?.startsWith('text/event-stream') === true;
  if (!isStream || response.body === null) return response;
  const { status, statusText, headers } = response;
  const body = response.body
    .pipeThrough(new TextDecoderStream())
    .pipeThrough(byLine(repairUsage))
    .pipeThrough(new TextEncoderStream());
  return new Response(body, { status, statusText, headers });
};

function byLine(change: (line: string) => string): TransformStream<string, string> {
  let pending: string[] = [];
  return new TransformStream({
    transform(chunk, controller) {
      const end = chunk.lastIndexOf('\n') + 1;
      if (end === 0) {
        pending.push(chunk);
        return;
      }
      const lines = `${pending.join('')}${chunk.slice(0, end)}`;
      pending = [chunk.slice(end)];
      controller.enqueue(lines.split('\n').map(change).join('\n'));
    },
    flush(controller) {
      const rest = pending.join('');
      if (rest !== '') controller.enqueue(change(rest));
    },
  });
}
