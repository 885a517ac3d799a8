import type { Protocol } from './script.ts';

const event = (data: unknown): string => `data: ${JSON.stringify(data)}\n\n`;

/** The stream of Google's generateContent; arguments are JSON values in it, never text. */
export const googleGenerate: Protocol = ({ text, calls = [], usage, stop, ending }) => {
  const { input, cached = 0, output, reasoning = 0 } = usage ?? { input: 100, output: 20 };
  const parts = [
    ...(text === undefined ? [] : [{ text }]),
    ...calls.map(({ name, input: args }) => ({ functionCall: { name, args } })),
  ];
  const events = [event({ candidates: [{ content: { role: 'model', parts }, index: 0 }] })];
  if (ending !== undefined) return events;
  const reasons = { refusal: 'SAFETY', length: 'MAX_TOKENS' };
  const finishReason = stop === undefined ? 'STOP' : reasons[stop];
  const usageMetadata = {
    promptTokenCount: input,
    cachedContentTokenCount: cached,
    candidatesTokenCount: output - reasoning,
    thoughtsTokenCount: reasoning,
    totalTokenCount: input + output,
  };
  const content = { role: 'model', parts: [] };
  return [...events, event({ candidates: [{ content, finishReason, index: 0 }], usageMetadata })];
};
