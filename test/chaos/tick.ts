/** Nanoseconds of a clock that all processes of a machine share and that only grows. */
export function tick(): number {
  return Number(process.hrtime.bigint());
}
