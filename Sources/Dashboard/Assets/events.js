// What happened last, newest on top; older rows leave the document.
import { ask } from './api.js';
import { stamp } from './dom.js';

const kept = 100;

export class Events {
  constructor(section) {
    this.body = section.querySelector('.rows');
    this.template = section.querySelector('template');
    this.empty = section.querySelector('.empty');
  }

  add(event) {
    this.body.prepend(stamp(this.template, event));
    while (this.body.children.length > kept) this.body.lastElementChild.remove();
    this.empty.hidden = true;
  }

  /** After a lost connection: what was missed is in the history. */
  async reload() {
    const { events } = await ask(`/api/v1/history?limit=${kept}`).catch(() => ({ events: null }));
    if (!events) return;
    this.body.replaceChildren(...events.map((event) => stamp(this.template, event)));
    this.empty.hidden = events.length > 0;
  }
}
