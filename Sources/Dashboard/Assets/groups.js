// Failures that are the same, told once, with a button that tries them all again.
import { ask } from './api.js';
import { h, time } from './dom.js';
import { withNext } from './status.js';
import { count } from './text.js';

function row(group, filter) {
  const { waits, due } = withNext(group);
  const when = [
    ...(group.dead ? [h('b', { class: 'dead' }, `${count(group.dead)} dead`), ' '] : []), waits, ...(due ? ['next try ', time(due)] : []),
  ];
  return h('li', {}, h('b', { class: 'times' }, `${count(group.count)} ×`), ' ', h('span', { class: 'tag' }, group.class), ' ',
    h('bdi', { class: 'message' }, group.message), ' ', h('span', { class: 'quiet when' }, ...when), ' ',
    h('form', { method: 'post', action: `/api/v1/failures/retry?${new URLSearchParams({ ...filter, class: group.class })}`, 'data-act': 'retry-all' },
      h('button', { class: 'small', 'aria-label': `Retry all of ${group.class}` }, 'Retry all')));
}

/** By the same filter as the list. */
export async function showGroups(query) {
  // All that there are of the class are tried, counted or not.
  const filter = Object.fromEntries([...new URLSearchParams(query)].filter(([name]) => ['key', 'since'].includes(name)));
  const { groups, looked, total } = await ask(`/api/v1/failures/groups?${query}`);
  const box = document.getElementById('groups');
  box.hidden = !groups.length && looked >= total;
  box.querySelector('ul').replaceChildren(...groups.map((group) => row(group, filter)));
  const part = box.querySelector('p');
  part.hidden = looked >= total;
  part.textContent = `Counted among the latest ${count(looked)} of ${count(total)}; Retry all tries every one of a class.`;
}
