/** Whether a stream's error means that its reader is gone, as in `baton list | head`. */
export function readerGone(
  { code }: NodeJS.ErrnoException,
  { isTTY }: { readonly isTTY?: boolean },
): boolean {
  // A closed terminal gives EIO. A file gives it when its disk is broken.
  if (code === 'EIO') return isTTY === true;
  return code === 'EPIPE' || code === 'ERR_STREAM_DESTROYED';
}
