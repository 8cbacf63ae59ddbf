// Shows one episode in a dialog; without scripts the same link opens it as a page.
import { ask } from './api.js';
import { h, time } from './dom.js';

const list = (title, items) => (items?.length ? [h('h4', {}, title), h('ul', {}, items.map((item) => h('li', {}, h('bdi', {}, item))))] : []);

const memory = (m) => [
  h('h3', {}, 'Memory'), h('p', {}, h('b', {}, h('bdi', {}, m.title))), h('p', { class: 'prose' }, h('bdi', {}, m.summary)),
  ...list('Decisions', m.decisions), ...list('Files', m.files), ...list('Commands', m.commands), ...list('Open questions', m.open_questions),
];

const fact = (name, value) => (value ? h('div', {}, h('dt', {}, name), h('dd', {}, value)) : null);

function episode(e) {
  return [
    h('p', { class: 'lead' }, h('bdi', {}, e.title || '(no title)')),
    h('dl', { class: 'facts' },
      fact('Key', h('bdi', {}, e.dispatch_key || 'no key')), fact('State', e.state), fact('Captured', e.captured_at && time(e.captured_at)),
      fact('Next try', e.next_retry && time(e.next_retry)), fact('Failed with', e.error_message && h('bdi', {}, e.error_message))),
    ...(e.memory ? memory(e.memory) : []),
    ...(e.digest ? [h('h3', {}, 'Digest'), h('p', { class: 'prose' }, h('bdi', {}, e.digest))] : []),
    h('h3', {}, 'Text'),
    h('div', { class: 'text', tabindex: 0, role: 'region', 'aria-label': 'Text of the episode' }, h('pre', {}, h('bdi', {}, e.text || 'not kept'))),
  ];
}

async function read(id) {
  const dialog = document.getElementById('reader');
  const body = document.getElementById('reader-body');
  document.getElementById('reader-title').replaceChildren('Episode ', h('code', {}, id.slice(0, 12)));
  body.replaceChildren(h('p', { class: 'empty' }, 'Reading the episode…'));
  dialog.showModal();
  dialog.scrollTop = 0;
  document.getElementById('reader-title').focus();
  try {
    const answer = await ask(`/api/v1/episodes/${encodeURIComponent(id)}`);
    body.replaceChildren(...episode(answer));
  } catch (error) {
    body.replaceChildren(h('p', { class: 'empty' }, `The episode could not be read. ${error.message}`));
  }
}

export function enableReading() {
  document.addEventListener('click', (event) => {
    const link = event.target.closest('a[data-read]');
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    read(link.dataset.read);
  });
}
