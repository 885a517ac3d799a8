/** Estimates how many tokens a request has, before it is sent. */
export interface TokenEstimate {
  /** @param bytes of the request as UTF-8 text. */
  tokens(bytes: number): number;
  /** How many bytes a request of so many tokens has. */
  bytes(tokens: number): number;
  /** Learns from what the provider counted. */
  learn(bytes: number, counted: number): void;
}

/** Bytes of code and prose that make a token: fewer than usual, so that estimates are high. */
const BYTES_PER_TOKEN = 3;
/** No text has more or fewer: what says otherwise is a wrong count, or instructions of the provider's. */
const LEAST_BYTES = 1;
const MOST_BYTES = 12;
/** What is added to what a request of the same conversation had a moment ago. */
const MARGIN = 1.1;

export function createTokenEstimate(): TokenEstimate {
  let perByte = 1 / BYTES_PER_TOKEN;
  return {
    tokens: (bytes) => Math.ceil(bytes * perByte),
    bytes: (tokens) => Math.floor(tokens / perByte),
    learn(bytes, counted) {
      if (bytes <= 0 || counted <= 0) return;
      const learnt = (counted / bytes) * MARGIN;
      perByte = Math.min(1 / LEAST_BYTES, Math.max(1 / MOST_BYTES, learnt));
    },
  };
}
