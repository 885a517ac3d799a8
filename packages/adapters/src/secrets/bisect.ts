/** The first of `count` places that `isBefore` does not hold for; for all behind it, it does not either. */
export function bisect(count: number, isBefore: (at: number) => boolean): number {
  let low = 0;
  for (let high = count; low < high; ) {
    const middle = (low + high) >> 1;
    if (isBefore(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}
