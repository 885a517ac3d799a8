/**
 * How the transports read answers: a payload may have 64 levels, and protobuf-es, which reads 100 levels of
 * messages unless told otherwise, counts two for each of a Struct's.
 */
export const READING = {
  binaryOptions: { recursionLimit: 1000 },
  jsonOptions: { recursionLimit: 1000 },
} as const;
