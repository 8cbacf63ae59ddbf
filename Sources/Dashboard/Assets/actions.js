// What a person does: the same forms that work without scripts, sent without leaving the page.
import { ask } from './api.js';
import { count, visible } from './text.js';

const outcomes = {
  close: ({ provider }) => `The circuit of ${provider} is closed: what waits is tried now.`,
  'retry-all': ({ due }) => `${count(due)} ${due === 1 ? 'episode is' : 'episodes are'} due now.`,
  drop: ({ dispatch_key: key }) => `${key} is dropped: its next dispatch starts fresh.`,
  retry: ({ episode_id: id, state }) => `Episode ${id.slice(0, 12)} ${{
    scheduled: 'is due now.', leased: 'is being worked on already.', gone: 'no longer waits.', discarded: 'was discarded before.',
  }[state] ?? state}`,
  discard: ({ episode_id: id }) => `Episode ${id.slice(0, 12)} is discarded.`,
};

function sure(form) {
  const dialog = document.getElementById('confirm');
  const button = form.querySelector('button');
  document.getElementById('confirm-title').textContent = `${form.closest('details').querySelector('summary').textContent}?`;
  document.getElementById('confirm-text').replaceChildren(form.querySelector('p').cloneNode(true));
  document.getElementById('confirm-yes').textContent = button.textContent;
  dialog.returnValue = 'no';
  dialog.showModal();
  return new Promise((resolve) => dialog.addEventListener('close', () => resolve(dialog.returnValue === 'yes'), { once: true }));
}

async function send(form, list) {
  const index = [...list.body.children].indexOf(form.closest('tr'));
  for (const button of form.querySelectorAll('button')) button.disabled = true;
  try {
    const answer = await ask(form.getAttribute('action'), { method: 'POST' });
    await list.load();
    list.say(outcomes[form.dataset.act](answer));
  } catch (error) {
    list.say(`That did not work. ${error.message}`);
  }
  for (const button of form.querySelectorAll('button')) button.disabled = false;
  // The row may be gone: go on where it was, so that the keyboard does not start over at the top.
  if (!form.isConnected) (list.body.children[index]?.querySelector('summary:not([hidden]), a, button') ?? list.find('h2')).focus();
}

export function enableActions(list) {
  list.section.addEventListener('click', async (event) => {
    const summary = event.target.closest('details.confirm > summary');
    if (!summary) return;
    event.preventDefault();
    const form = summary.parentElement.querySelector('form');
    if (await sure(form)) send(form, list);
  });
  list.section.addEventListener('submit', (event) => {
    if (!event.target.dataset.act) return;
    event.preventDefault();
    send(event.target, list);
  });
  enableCopying(list.section, (words) => list.say(words));
}

/** The head's own: what to do about a trouble. */
export function enableHead() {
  const head = document.getElementById('head');
  const say = (words) => { head.querySelector('.outcome').textContent = visible(words); };
  enableCopying(head, say);
  head.addEventListener('submit', async (event) => {
    const form = event.target;
    event.preventDefault();
    for (const button of form.querySelectorAll('button')) button.disabled = true;
    try {
      say(outcomes[form.dataset.act](await ask(form.getAttribute('action'), { method: 'POST' })));
    } catch (error) {
      say(`That did not work. ${error.message}`);
    }
    for (const button of form.querySelectorAll('button')) button.disabled = false;
  });
}

export function enableCopying(section, say) {
  section.addEventListener('click', async (event) => {
    const button = event.target.closest('[data-copy]');
    if (!button) return;
    try {
      await navigator.clipboard.writeText(button.dataset.copy);
      say(`Copied: ${button.dataset.copy}`);
    } catch {
      // No permission: shown, so that the usual keys copy it.
      say(`The browser did not allow copying: ${button.dataset.copy}`);
    }
  });
}
