/** The sample browser: joins filters, list and detail. Runs once, at the end of the page. */

import { type Filter, filterItems, type ItemPlace, itemLink, itemOfLink, SHOWN } from '../items/filter-items.ts';
import type { SampleSet } from '../items/sample-data.ts';
import { ChunkStore } from './chunk-store.ts';
import { addCopyButtons, byId, el } from './dom.ts';
import { itemDetail } from './item-detail.ts';
import { ItemList } from './item-list.ts';
import { searchText } from './search-text.ts';

/** Between the last key and the search, in milliseconds. */
const PAUSE = 150;

export async function openBrowser(): Promise<void> {
  const store = await ChunkStore.open();
  new SampleBrowser(store).start();
}

class SampleBrowser {
  readonly #store: ChunkStore;
  readonly #list: ItemList;
  readonly #detail = byId('samples-detail');
  readonly #root = byId('samples-browser');
  /** Raised with every change of filter or item, so that late results are dropped. */
  #search = 0;
  #shownItem = 0;
  #isStarted = false;
  /** The last change of item was a move by keyboard. */
  #isMoving = false;

  constructor(store: ChunkStore) {
    this.#store = store;
    this.#list = new ItemList(
      store,
      (place, isMove) => {
        this.#address(place, isMove);
        this.#show(place);
      },
      (isByPointer) => this.#open(isByPointer),
    );
  }

  start(): void {
    this.#fillControls();
    this.#root.hidden = false;
    this.#root.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') this.#close();
    });
    byId('samples-back').addEventListener('click', () => this.#close());
    window.addEventListener('popstate', () => {
      if (!this.#follow()) this.#root.classList.remove('opened');
    });
    addCopyButtons();
    this.#apply();
    if (!this.#follow()) this.#list.selectFirst();
    this.#isStarted = true;
  }

  #fillControls(): void {
    const { sets, models: names, shown } = this.#store.index;
    const task = select('samples-task');
    task.append(option('', 'All tasks'), ...sets.map((set) => option(set.key, taskLabel(set, sets))));
    for (const [at, id] of ['samples-a', 'samples-b'].entries()) {
      select(id).append(...names.map((name, each) => option(name, shown[each] ?? name)));
      select(id).selectedIndex = Math.min(at, names.length - 1);
    }
    for (const id of ['samples-task', 'samples-show', 'samples-a', 'samples-b']) {
      select(id).addEventListener('change', () => this.#apply());
    }
    let timer = 0;
    byId('samples-search').addEventListener('input', () => {
      window.clearTimeout(timer);
      timer = window.setTimeout(() => this.#apply(), PAUSE);
    });
    byId('samples-search').addEventListener('keydown', (event) => {
      if (event.key === 'Enter' || event.key === 'ArrowDown') this.#list.focus();
      if (event.key === 'Enter') event.preventDefault();
    });
  }

  #filter(): Filter {
    const shown = SHOWN.find((name) => name === select('samples-show').value) ?? 'all';
    return { set: select('samples-task').value, shown, a: select('samples-a').value, b: select('samples-b').value };
  }

  #apply(): void {
    const search = ++this.#search;
    const filter = this.#filter();
    byId('samples-pair').hidden = filter.shown !== 'gained';
    const places = filterItems(this.#store.index, filter);
    const words = (byId('samples-search') as HTMLInputElement).value.trim();
    if (words === '') {
      this.#list.show(places);
      this.#count(`${count(places.length)}`);
      return;
    }
    const isStale = () => search !== this.#search;
    const tell = (found: readonly ItemPlace[], note: string) => {
      if (isStale()) return;
      this.#list.show([...found]);
      this.#count(`${count(found.length)} of ${places.length.toLocaleString('en')}${note}`);
    };
    searchText(this.#store, places, words, (found) => tell(found, ', searching …'), isStale).then(
      (found) => tell(found, ''),
      (error: unknown) => this.#count(`The search failed: ${String(error)}`),
    );
  }

  #count(text: string): void {
    byId('samples-count').textContent = text;
  }

  /** The address follows the item. Moves by keyboard are one step back together; the item that the page begins with is none. */
  #address({ set, row }: ItemPlace, isMove: boolean): void {
    const link = itemLink(this.#store.index.sets[set] as SampleSet, row);
    const isSame = window.location.hash === link;
    const goesOn = isMove && this.#isMoving;
    this.#isMoving = isMove;
    if (!this.#isStarted || isSame) return;
    if (goesOn) window.history.replaceState(null, '', link);
    else window.history.pushState(null, '', link);
  }

  /** Opens the item that the address names. */
  #follow(): boolean {
    const place = itemOfLink(this.#store.index, window.location.hash);
    if (place === null) return false;
    if (!this.#list.select(place)) {
      this.#clearFilters();
      this.#list.select(place);
    }
    this.#open();
    byId('samples').scrollIntoView();
    return true;
  }

  #clearFilters(): void {
    select('samples-task').value = '';
    select('samples-show').value = 'all';
    (byId('samples-search') as HTMLInputElement).value = '';
    this.#apply();
  }

  async #show(place: ItemPlace): Promise<void> {
    const shown = ++this.#shownItem;
    const set = this.#store.index.sets[place.set] as SampleSet;
    const link = itemLink(set, place.row);
    try {
      const [question, answers, traces] = await Promise.all([
        this.#store.question(place),
        Promise.all(set.models.map((_, model) => this.#store.answer(place, model))),
        Promise.all(
          set.models.map(({ traced }, model) => (traced.includes(place.row) ? this.#store.traces(place, model) : [])),
        ),
      ]);
      if (shown !== this.#shownItem) return;
      this.#detail.replaceChildren(...itemDetail({ set, row: place.row, question, answers, traces, link }));
      this.#detail.scrollTop = 0;
    } catch (error) {
      if (shown === this.#shownItem)
        this.#detail.replaceChildren(el('p', `This item cannot be shown: ${String(error)}`));
    }
  }

  /** @param staysInList keep the focus in the list where it is still in sight, so that the keyboard goes on there */
  #open(staysInList = false): void {
    this.#root.classList.add('opened');
    if (!(staysInList && this.#list.isVisible)) this.#detail.focus({ preventScroll: true });
  }

  #close(): void {
    this.#root.classList.remove('opened');
    this.#list.focus();
  }
}

const count = (items: number): string => `${items.toLocaleString('en')} item${items === 1 ? '' : 's'}`;

/** The protocol and source are named where the task alone does not tell sets apart. */
function taskLabel(set: SampleSet, sets: readonly SampleSet[]): string {
  const same = sets.filter(({ task }) => task === set.task);
  const source = same.some(({ source }) => source !== set.source) ? `, ${set.source}` : '';
  return `${set.task}${same.length > 1 ? ` (${set.protocol}${source})` : ''} · ${set.ids.length.toLocaleString('en')}`;
}

function select(id: string): HTMLSelectElement {
  return byId(id) as HTMLSelectElement;
}

function option(value: string, text: string): HTMLOptionElement {
  const made = el('option', text);
  made.value = value;
  return made;
}
