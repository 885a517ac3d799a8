/** Estimates the tokens of a request before it is sent. */
export interface TokenEstimate {
  /** @param bytes of the request as UTF-8 text. */
  tokens(bytes: number): number;
  /** The bytes of a request with this number of tokens. */
  bytes(tokens: number): number;
  /** Adjusts the estimate to the provider's count. */
  learn(bytes: number, counted: number): void;
}

/** Bytes of code and prose per token. The value is low, so that estimates are high. */
const BYTES_PER_TOKEN = 3;
/** Bounds of bytes per token. Counts beyond them are wrong, or include instructions of the provider. */
const LEAST_BYTES = 1;
const MOST_BYTES = 12;
/** Safety factor for what was added since the last count of the same conversation. */
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
