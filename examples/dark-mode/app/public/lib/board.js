/** The tasks of a board, as plain data: every change gives a new list. */

/** @returns {{ title: string, done: boolean }[]} */
export function addTask(tasks, title) {
  const trimmed = title.trim();
  if (trimmed === '') return tasks;
  return [...tasks, { title: trimmed, done: false }];
}

export function toggleTask(tasks, index) {
  return tasks.map((task, i) => (i === index ? { ...task, done: !task.done } : task));
}

export function summary(tasks) {
  const open = tasks.filter((task) => !task.done).length;
  if (tasks.length === 0) return 'Nothing to do.';
  return `${open} of ${tasks.length} open`;
}
