import { z } from 'zod';

/**
 * A record by names that callers choose. `z.record` leaves `__proto__` out without a word: here it is a
 * key like any other, so that the code that knows the legal names can refuse it.
 */
export function recordByName<V extends z.ZodType>(value: V, name: z.ZodString = z.string()) {
  const schema = z.unknown().transform((found, context) => {
    if (typeof found !== 'object' || found === null || Array.isArray(found)) {
      context.addIssue({ code: 'custom', message: 'expected an object' });
      return z.NEVER;
    }
    const entries = Object.entries(found).map(([key, member]) => {
      const parsed = value.safeParse(member);
      const issues = [
        ...(name.safeParse(key).success ? [] : [{ message: 'is no name', path: [] }]),
        ...(parsed.error?.issues ?? []),
      ];
      for (const { message, path } of issues) {
        context.addIssue({ code: 'custom', message, path: [key, ...path] });
      }
      return [key, parsed.data] as const;
    });
    return Object.fromEntries(entries);
  });
  return schema as z.ZodType as z.ZodType<
    Record<string, z.output<V>>,
    Readonly<Record<string, z.input<V>>>
  >;
}
