/** Estimates how many tokens a request has, before it is sent. */
export interface TokenEstimate {
  /** @param bytes of the request as UTF-8 text. */
  tokens(bytes: number): number;
  /** Learns from what the provider counted. */
  learn(bytes: number, counted: number): void;
}

/** Bytes of code and prose that make a token: fewer than usual, so that estimates are high. */
const BYTES_PER_TOKEN = 3;
/** What is added to what a request of the same conversation had a moment ago. */
const MARGIN = 1.1;

export function createTokenEstimate(): TokenEstimate {
  let perByte = 1 / BYTES_PER_TOKEN;
  return {
    tokens: (bytes) => Math.ceil(bytes * perByte),
    learn(bytes, counted) {
      if (bytes > 0 && counted > 0) perByte = (counted / bytes) * MARGIN;
    },
  };
}
