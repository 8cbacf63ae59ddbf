// What happened last, newest on top; older rows leave the document.
import { ask } from './api.js';
import { stamp } from './dom.js';

const kept = 100;

/** It speaks of keys and sessions, not of numbers that tell nobody anything. */
const shaped = (event) => ({ ...event, event: event.event.replaceAll('_', ' '), reason: event.reason.split(' ').filter((word) => !/^[0-9a-f]{32}$/i.test(word)).join(' ') });

export class Events {
  constructor(section) {
    this.body = section.querySelector('.rows');
    this.template = section.querySelector('template');
    this.empty = section.querySelector('.empty');
  }

  add(event) {
    this.body.prepend(stamp(this.template, shaped(event)));
    while (this.body.children.length > kept) this.body.lastElementChild.remove();
    this.empty.hidden = true;
  }

  /** After a lost connection: what was missed is in the history. */
  async reload() {
    const { events } = await ask(`/api/v1/history?limit=${kept}`).catch(() => ({ events: null }));
    if (!events) return;
    this.body.replaceChildren(...events.map((event) => stamp(this.template, shaped(event))));
    this.empty.hidden = events.length > 0;
  }
}
