// The page of one session: it reads well without this.
import { enableCopying } from './actions.js';
import { setClock, tick, visible } from './text.js';

document.documentElement.classList.add('js');
const section = document.getElementById('session');
enableCopying(section, (words) => { section.querySelector('.outcome').textContent = visible(words); });
setClock(new Date().toISOString());
setInterval(tick, 1000, document);
