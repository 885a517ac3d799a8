/** What values rise by over the second half of a run, along a line fitted to them. */
export function growth(values: readonly number[]): number {
  const late = values.slice(values.length >> 1);
  const middle = (late.length - 1) / 2;
  const mean = late.reduce((sum, value) => sum + value, 0) / late.length;
  const spread = late.reduce((sum, _, at) => sum + (at - middle) ** 2, 0);
  if (spread === 0) return 0;
  const slope = late.reduce((sum, value, at) => sum + (at - middle) * (value - mean), 0) / spread;
  return slope * (late.length - 1);
}
