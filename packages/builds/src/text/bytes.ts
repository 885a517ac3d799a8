const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'];

/** An amount of data for people: `0 B`, `12 kB`, `1.4 GB`. */
export function bytes(count: number): string {
  let amount = count;
  let unit = 0;
  while (amount >= 999.5 && unit < UNITS.length - 1) {
    amount /= 1000;
    unit += 1;
  }
  const digits = unit > 1 && amount < 100 ? 1 : 0;
  return `${amount.toFixed(digits)} ${UNITS[unit]}`;
}
