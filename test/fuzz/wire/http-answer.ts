/** Reads one answer of HTTP/1.1 as it comes in. */
export interface HttpAnswerReader {
  /** Whether the answer is whole. */
  add(chunk: Buffer): boolean;
  /** The connection has ended: an answer without a length is then whole. */
  isWholeAtEnd(): boolean;
  readonly found: { status: number; headers: Record<string, string>; body: Buffer };
  readonly hasBegun: boolean;
}

const BLANK_LINE = '\r\n\r\n';

export function createHttpAnswerReader(isHead: boolean): HttpAnswerReader {
  let bytes: Buffer = Buffer.alloc(0);
  let hasHeaders = false;
  const parts: Buffer[] = [];
  const found = { status: 0, headers: {} as Record<string, string>, body: Buffer.alloc(0) };
  let left = 0;
  let kind: 'length' | 'chunks' | 'rest' = 'length';

  const addHeaders = (lines: readonly string[]): void => {
    for (const line of lines) {
      const colon = line.indexOf(':');
      found.headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
    }
  };

  const readHeaders = (): boolean => {
    const end = bytes.indexOf(BLANK_LINE);
    if (end === -1) return false;
    const [first = '', ...lines] = bytes.toString('latin1', 0, end).split('\r\n');
    bytes = bytes.subarray(end + BLANK_LINE.length);
    const status = Number(first.split(' ')[1]);
    // 100 Continue and the like come before the answer.
    if (status < 200) return readHeaders();
    addHeaders(lines);
    found.status = status;
    hasHeaders = true;
    const { 'content-length': length, 'transfer-encoding': transfer } = found.headers;
    const hasNoBody = isHead || status === 204 || status === 304;
    if (transfer === 'chunked' && !hasNoBody) kind = 'chunks';
    else if (length !== undefined || hasNoBody) left = hasNoBody ? 0 : Number(length);
    else kind = 'rest';
    return true;
  };

  /** What gRPC tells at the end; it counts as a header. */
  const readTrailers = (from: number): boolean => {
    const rest = bytes.toString('latin1', from);
    if (rest.startsWith('\r\n')) return true;
    const end = rest.indexOf(BLANK_LINE);
    if (end !== -1) addHeaders(rest.slice(0, end).split('\r\n'));
    return end !== -1;
  };

  const readChunks = (): boolean => {
    for (;;) {
      const end = bytes.indexOf('\r\n');
      if (end === -1) return false;
      const size = Number.parseInt(bytes.toString('latin1', 0, end), 16);
      if (size === 0) return readTrailers(end + 2);
      if (bytes.length < end + 2 + size + 2) return false;
      parts.push(bytes.subarray(end + 2, end + 2 + size));
      bytes = bytes.subarray(end + 2 + size + 2);
    }
  };

  const isWhole = (): boolean => {
    if (!hasHeaders && !readHeaders()) return false;
    if (kind === 'chunks') return readChunks();
    if (kind === 'rest' || bytes.length < left) return false;
    // After an answer to half a request comes the refusal of the other half.
    parts.push(bytes.subarray(0, left));
    return true;
  };

  return {
    add(chunk) {
      bytes = bytes.length === 0 ? chunk : Buffer.concat([bytes, chunk]);
      return isWhole();
    },
    isWholeAtEnd: () => hasHeaders && kind === 'rest',
    get found() {
      return { ...found, body: Buffer.concat(kind === 'rest' ? [...parts, bytes] : parts) };
    },
    get hasBegun() {
      return hasHeaders || bytes.length > 0;
    },
  };
}
