import { addTask, summary, toggleTask } from './lib/board.js';
import { createStorage } from './lib/storage.js';

const storage = createStorage(localStorage, 'tasks');
const list = document.querySelector('#tasks');
let tasks = storage.load([]);

function show(next) {
  tasks = next;
  storage.save(tasks);
  list.replaceChildren(
    ...tasks.map((task, index) => {
      const item = document.createElement('li');
      item.textContent = task.title;
      item.className = task.done ? 'done' : '';
      item.addEventListener('click', () => show(toggleTask(tasks, index)));
      return item;
    }),
  );
  document.querySelector('#summary').textContent = summary(tasks);
}

document.querySelector('#new-task').addEventListener('submit', (event) => {
  event.preventDefault();
  const form = event.target;
  show(addTask(tasks, new FormData(form).get('title')));
  form.reset();
});

show(tasks);
