const leftovers: (() => void)[] = [];

/** Has `remove` called when all tests of the file have ended: they run side by side. */
export function leaveBehind(remove: () => void): void {
  leftovers.push(remove);
}

/** Removes what the tests of a file have left behind, the last first. */
export function removeLeftovers(): void {
  for (const remove of leftovers.splice(0).reverse()) remove();
}
