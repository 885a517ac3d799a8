/** What stands for the values beyond the bound. */
const OTHER = 'other';

/** Values that each of these labels may have: callers choose them, or a definition does. */
const MOST: Readonly<Record<string, number>> = { role: 64, model: 64, reason: 64, project: 200 };

/** Characters. */
const LONGEST = 128;

/**
 * Bounds the values of labels: each value is a time series, which is kept as long as the process runs. The first values
 * of a label have their own; all that come later are `other`.
 */
export function createLabelValues(): (label: string, value: string) => string {
  const known = new Map<string, Set<string>>();
  return (label, value) => {
    const most = MOST[label];
    if (most === undefined) return value;
    const values = known.get(label) ?? new Set();
    known.set(label, values);
    if (values.has(value)) return value;
    if (values.size === most || value.length > LONGEST) return OTHER;
    values.add(value);
    return value;
  };
}
