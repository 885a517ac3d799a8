import { crc32 } from 'node:zlib';
import { argumentsOf, type Protocol, pieces } from './script.ts';

/** The stream of Bedrock's ConverseStream, in the binary event encoding of AWS. */
export const bedrockConverse: Protocol = (said) => {
  const { text, calls = [], usage = { input: 100, output: 20 }, stop, ending } = said;
  const { input, cached = 0, output } = usage;
  const blocks = [
    ...(text === undefined
      ? []
      : [{ start: undefined, deltas: pieces(text).map((piece): object => ({ text: piece })) }]),
    ...calls.map(({ name, input: given }, index) => ({
      start: { toolUse: { toolUseId: `tooluse_${index}_${Math.random()}`, name } },
      deltas: pieces(argumentsOf(given)).map((piece) => ({ toolUse: { input: piece } })),
    })),
  ];
  const events = [
    frame('messageStart', { role: 'assistant' }),
    ...blocks.flatMap(({ start, deltas }, contentBlockIndex) => [
      ...(start ? [frame('contentBlockStart', { contentBlockIndex, start })] : []),
      ...deltas.map((delta) => frame('contentBlockDelta', { contentBlockIndex, delta })),
      frame('contentBlockStop', { contentBlockIndex }),
    ]),
  ];
  if (ending !== undefined) return events;
  const stopReason = calls.length > 0 ? 'tool_use' : 'end_turn';
  const reasons = { refusal: 'content_filtered', length: 'max_tokens' };
  const counted = {
    inputTokens: input - cached,
    cacheReadInputTokens: cached,
    outputTokens: output,
    totalTokens: input + output,
  };
  return [
    ...events,
    frame('messageStop', { stopReason: stop === undefined ? stopReason : reasons[stop] }),
    frame('metadata', { usage: counted, metrics: { latencyMs: 1 } }),
  ];
};

/** One event: lengths, headers, payload, and checksums over what is before each. */
function frame(event: string, payload: object): Uint8Array {
  const headers = Buffer.concat(
    Object.entries({
      ':event-type': event,
      ':content-type': 'application/json',
      ':message-type': 'event',
    }).map(([name, value]) => header(name, value)),
  );
  const body = Buffer.from(JSON.stringify(payload));
  const lengths = Buffer.concat([
    uint32(16 + headers.length + body.length),
    uint32(headers.length),
  ]);
  const all = Buffer.concat([lengths, uint32(crc32(lengths)), headers, body]);
  return Buffer.concat([all, uint32(crc32(all))]);
}

function header(name: string, value: string): Buffer {
  const STRING = 7;
  const length = Buffer.alloc(2);
  length.writeUInt16BE(Buffer.byteLength(value));
  return Buffer.concat([
    Buffer.from([name.length]),
    Buffer.from(name),
    Buffer.from([STRING]),
    length,
    Buffer.from(value),
  ]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
