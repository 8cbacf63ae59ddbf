// One page of a long list: the server pages, the document never holds more than one page.
import { ask } from './api.js';
import { stamp } from './dom.js';
import { count, visible } from './text.js';

const pageSize = 8;

export class List {
  /** `from` names the query parameter that continues the list, `next` the field of the answer that holds its value. */
  constructor(id, { path, rows, from, next, nothing, shape = (item) => item, beside }) {
    Object.assign(this, { path, from, next, nothing, shape, beside, field: rows, places: [null], following: null, news: 0 });
    this.section = document.getElementById(id);
    this.find = (selector) => this.section.querySelector(selector);
    this.form = this.find('form.filter');
    this.template = this.find('template');
    this.body = this.find('.rows');
    this.following = new URL(this.find('.next').href, location).searchParams.get(from);
    this.addFresh();
    this.release();
    this.form.addEventListener('submit', (event) => { event.preventDefault(); this.restart(); });
    this.find('.next').addEventListener('click', (event) => { event.preventDefault(); this.turn([...this.places, this.following]); });
    this.find('.previous').textContent = 'Previous';
    this.find('.previous').addEventListener('click', (event) => { event.preventDefault(); this.turn(this.places.slice(0, -1)); });
  }

  /** What was held back comes when pointer and focus have gone. */
  release() {
    const go = () => setTimeout(() => { if (!this.fresh.hidden && !this.isHeld()) this.offer(); }, 300);
    this.section.addEventListener('pointerleave', go);
    this.section.addEventListener('focusout', go);
  }

  addFresh() {
    this.fresh = document.createElement('button');
    this.fresh.className = 'small';
    this.fresh.hidden = true;
    this.fresh.textContent = 'The list has changed: show';
    this.fresh.addEventListener('click', () => this.load().then(() => this.find('h2').focus()));
    this.find('.pager').append(this.fresh);
  }

  restart() {
    const url = new URL(location);
    url.search = new URLSearchParams([...new FormData(this.form)].filter(([, value]) => value));
    url.hash = this.section.id;
    history.replaceState(null, '', url);
    return this.turn([null]);
  }

  async turn(places) {
    this.places = places.length ? places : [null];
    await this.load();
    if (document.activeElement === document.body || document.activeElement?.hidden) this.find('h2').focus();
  }

  /** Rows do not move under a pointer or the focus: then a button offers the news instead. */
  offer() {
    this.news += 1;
    clearTimeout(this.timer);
    if (this.isHeld()) { this.fresh.hidden = false; return; }
    // Meanwhile the focus may have come.
    this.timer = setTimeout(() => { if (this.isHeld()) this.fresh.hidden = false; else this.load(); }, 500);
  }

  isHeld() {
    return this.section.matches(':hover, :focus-within');
  }

  async load() {
    const query = new URLSearchParams([...new FormData(this.form)].filter(([, value]) => value));
    query.set('limit', pageSize);
    if (this.places.at(-1)) query.set(this.from, this.places.at(-1));
    const mine = (this.asked = Symbol('load')), { news } = this;
    this.section.setAttribute('aria-busy', 'true');
    try {
      const answer = await ask(`${this.path}${this.path.includes('?') ? '&' : '?'}${query}`);
      if (mine === this.asked) this.show(answer);
      // What came meanwhile may not stand in an answer that was under way.
      if (mine === this.asked && news !== this.news) this.offer();
      await this.beside?.(query);
    } catch (error) {
      if (mine === this.asked) this.say(`This list could not be read. ${error.message}`);
    } finally {
      if (mine === this.asked) this.section.removeAttribute('aria-busy');
    }
  }

  show(answer) {
    const items = answer[this.field];
    const first = (this.places.length - 1) * pageSize;
    this.following = answer[this.next];
    this.fresh.hidden = true;
    this.body.replaceChildren(...items.map((item) => stamp(this.template, this.shape(item))));
    this.find('.range').textContent = items.length ? `${count(first + 1)}–${count(first + items.length)} of ${count(answer.total)}` : '';
    this.find('.next').hidden = this.following == null;
    this.find('.previous').hidden = this.places.length < 2;
    const empty = this.find('.empty');
    empty.hidden = items.length > 0;
    empty.textContent = this.nothing(Object.fromEntries(new FormData(this.form)));
  }

  say(text) { this.find('.outcome').textContent = visible(text); }
}
