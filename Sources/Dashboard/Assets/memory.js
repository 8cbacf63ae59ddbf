// Searches what was said; only the form starts a search.
import { ask } from './api.js';
import { stamp } from './dom.js';
import { visible } from './text.js';

export function enableSearch(section) {
  const most = 8;
  const form = section.querySelector('form');
  const outcome = section.querySelector('.outcome');
  const rows = section.querySelector('.rows');
  const template = section.querySelector('template');
  let asked;

  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const { q, memory_key: key } = Object.fromEntries(new FormData(form));
    const mine = (asked = Symbol('search'));
    outcome.textContent = 'Searching…';
    try {
      const { hits } = await ask(`/api/v1/memory?${new URLSearchParams({ q, limit: most, ...(key && { key }) })}`);
      if (mine !== asked) return;
      rows.replaceChildren(...hits.map((hit) => stamp(template, hit)));
      outcome.textContent = visible(hits.length ? `${hits.length === most ? `The best ${most}` : hits.length} for “${q}”.` : `Nothing was found for “${q}”. Fewer words find more.`);
    } catch (error) {
      if (mine === asked) outcome.textContent = visible(`The search did not work. ${error.message}`);
    }
  });
}
