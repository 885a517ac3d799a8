import type { Sent } from './sent.ts';
import type { Answer } from './wire/read-answer.ts';

/** An answer that looks like a fault of ours and is none. */
interface Excuse {
  readonly why: string;
  /** What was sent. */
  readonly sent: (sent: Sent) => boolean;
  readonly code: number;
  /** The whole of what the answer says. */
  readonly says: RegExp;
}

/** grpc-js answers these itself, before any code of ours hears of the call. It serves one of the two ports. */
const EXCUSES: readonly Excuse[] = [
  {
    why: 'grpc-js calls bytes that are not what grpc-encoding says INTERNAL, not INVALID_ARGUMENT',
    sent: ({ compression, wrong }) => compression !== 'identity' || wrong?.headers !== undefined,
    code: 13,
    says: /^Failed to decompress message$/,
  },
  {
    why: 'grpc-js calls a deadline that is none INTERNAL, as other gRPC servers do',
    sent: ({ wrong }) => wrong?.headers?.['grpc-timeout'] !== undefined,
    code: 13,
    says: /^Invalid grpc-timeout value "[^"]*"$/,
  },
  {
    why: 'grpc-js reads the messages of the standard services itself, and calls what is none INTERNAL',
    sent: ({ wrong }) => /^\/grpc\.(health|reflection)\./.test(wrong?.path ?? ''),
    code: 13,
    says: /^Error deserializing request/,
  },
];

/** Why an answer is as it is, where that is not for us to change. */
export function excuseFor(sent: Sent, { code, message }: Answer): string | undefined {
  if (sent.protocol !== 'grpc' || sent.over === 'h2') return undefined;
  return EXCUSES.find((one) => one.code === code && one.says.test(message) && one.sent(sent))?.why;
}
