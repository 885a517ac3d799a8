const TOO_LONG =
  /context[ _](length|window|size|limit)|maximum context|prompt is too long|too many (input )?tokens|input (token count|is too long)|exceeds? the (maximum|limit)|reduce the length/i;

/** How providers name the number of tokens that they accept. */
const LIMITS: readonly RegExp[] = [
  /maximum context length is ([\d,]+)/i,
  /> ([\d,]+)(?: maximum|$)/im,
  /maximum number of tokens allowed \(([\d,]+)\)/i,
  /context (?:length|window|size|limit)(?: of| is|:)? \(?([\d,]+)/i,
  /"n_ctx": ?(\d+)/i,
];

/** Whether a provider refused a request because of its length. */
export function isTooLong(status: number | undefined, text: string): boolean {
  if (status === 413) return true;
  return (status === undefined || status < 500) && TOO_LONG.test(text);
}

/** The number of tokens that the provider accepts, from its message; undefined if it does not say. */
export function limitIn(text: string): number | undefined {
  for (const pattern of LIMITS) {
    const tokens = Number(pattern.exec(text)?.[1]?.replaceAll(',', ''));
    if (Number.isSafeInteger(tokens) && tokens > 0) return tokens;
  }
  return undefined;
}
