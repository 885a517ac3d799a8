/** Whether a stream's error says that nobody reads it on, as in `baton list | head`. */
export function readerGone(
  { code }: NodeJS.ErrnoException,
  { isTTY }: { readonly isTTY?: boolean },
): boolean {
  // A terminal that was closed answers so; a file, when its disk is broken.
  if (code === 'EIO') return isTTY === true;
  return code === 'EPIPE' || code === 'ERR_STREAM_DESTROYED';
}
