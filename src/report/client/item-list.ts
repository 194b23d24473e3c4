/** The list of items: only the rows in sight are in the document. One is selected; the keyboard moves it. */

import type { ItemPlace } from '../items/filter-items.ts';
import { OUTCOMES, type SampleModel, type SampleQuestion, type SampleSet } from '../items/sample-data.ts';
import type { ChunkStore } from './chunk-store.ts';
import { byId, el } from './dom.ts';

/** Of a row, in CSS pixels; `.item` of the style sheet has the same. */
const HEIGHT = 62;
/** Rows beyond both edges, so that scrolling does not show gaps. */
const MARGIN = 6;

export class ItemList {
  #places: readonly ItemPlace[] = [];
  #selected = -1;
  /** Those in the document, by their place in the list. */
  #drawn = new Map<number, HTMLElement>();
  readonly #store: ChunkStore;
  readonly #box = byId('samples-list');
  readonly #rows = el('div.rows', { role: 'presentation' });
  readonly #onSelect: (place: ItemPlace, isMove: boolean) => void;

  /** @param onSelect told whether the keyboard moved there */
  constructor(
    store: ChunkStore,
    onSelect: (place: ItemPlace, isMove: boolean) => void,
    onOpen: (isByPointer: boolean) => void,
  ) {
    this.#store = store;
    this.#onSelect = onSelect;
    this.#box.append(this.#rows);
    this.#box.addEventListener('scroll', () => this.#draw());
    this.#box.addEventListener('keydown', (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === 'Enter') onOpen(false);
      else if (!this.#move(event.key)) return;
      event.preventDefault();
    });
    this.#rows.addEventListener('click', (event) => {
      const row = event.target instanceof Element ? event.target.closest('[data-at]') : null;
      if (row === null) return;
      this.#choose(Number(row.getAttribute('data-at')));
      onOpen(true);
    });
    new ResizeObserver(() => this.#draw()).observe(this.#box);
  }

  /** Shows these items; the selected one stays selected where it is among them. */
  show(places: readonly ItemPlace[]): void {
    const before = this.#places[this.#selected];
    this.#places = places;
    this.#selected = before === undefined ? -1 : indexOfPlace(places, before);
    this.#rows.style.height = `${places.length * HEIGHT}px`;
    this.#drawn = new Map();
    this.#rows.replaceChildren();
    this.#draw();
  }

  /** @returns whether the item is in the list */
  select(place: ItemPlace): boolean {
    const at = indexOfPlace(this.#places, place);
    if (at >= 0) this.#choose(at);
    return at >= 0;
  }

  selectFirst(): void {
    if (this.#places.length > 0 && this.#selected < 0) this.#choose(0);
  }

  /** Narrow pages show the list or an item. */
  get isVisible(): boolean {
    return this.#box.checkVisibility();
  }

  focus(): void {
    this.#box.focus({ preventScroll: true });
  }

  #move(key: string): boolean {
    const page = Math.max(1, Math.floor(this.#box.clientHeight / HEIGHT) - 1);
    const last = this.#places.length - 1;
    const steps: Readonly<Record<string, number>> = {
      ArrowDown: this.#selected + 1,
      j: this.#selected + 1,
      ArrowUp: this.#selected - 1,
      k: this.#selected - 1,
      PageDown: this.#selected + page,
      PageUp: this.#selected - page,
      Home: 0,
      End: last,
    };
    const to = steps[key];
    if (to === undefined || last < 0) return false;
    this.#choose(Math.min(last, Math.max(0, to)), true);
    return true;
  }

  #choose(at: number, isMove = false): void {
    const place = this.#places[at];
    if (place === undefined) return;
    this.#selected = at;
    const top = at * HEIGHT;
    const { scrollTop, clientHeight } = this.#box;
    if (top < scrollTop) this.#box.scrollTop = top;
    else if (top + HEIGHT > scrollTop + clientHeight) this.#box.scrollTop = top + HEIGHT - clientHeight;
    this.#draw();
    this.#onSelect(place, isMove);
  }

  /** Rows that stay in sight stay in the document: one that is drawn anew while it is pressed would miss its click. */
  #draw(): void {
    const from = Math.max(0, Math.floor(this.#box.scrollTop / HEIGHT) - MARGIN);
    const to = Math.min(
      this.#places.length,
      Math.ceil((this.#box.scrollTop + this.#box.clientHeight) / HEIGHT) + MARGIN,
    );
    const before = this.#drawn;
    const shown = this.#places
      .slice(from, to)
      .map((place, i) => [from + i, before.get(from + i) ?? this.#row(place, from + i)] as const);
    this.#drawn = new Map(shown);
    for (const [at, row] of before) if (!this.#drawn.has(at)) row.remove();
    let next: HTMLElement | null = null;
    for (const [at, row] of shown.toReversed()) {
      row.setAttribute('aria-selected', String(at === this.#selected));
      if (!row.isConnected) this.#rows.insertBefore(row, next);
      next = row;
    }
    if (this.#selected >= from && this.#selected < to)
      this.#box.setAttribute('aria-activedescendant', `item-${this.#selected}`);
    else this.#box.removeAttribute('aria-activedescendant');
  }

  #row(place: ItemPlace, at: number): HTMLElement {
    const set = this.#store.index.sets[place.set] as SampleSet;
    const text = el('span.snippet');
    const marks = this.#store.index.models.map((name) => markOf(name, set.models, place.row));
    const head = el('span.item-head', el('bdi.item-id', set.ids[place.row] ?? ''), marks);
    const row = el('div.item', { role: 'option', id: `item-${at}` }, head, text);
    row.setAttribute('aria-posinset', String(at + 1));
    row.setAttribute('aria-setsize', String(this.#places.length));
    row.setAttribute('data-at', String(at));
    row.style.top = `${at * HEIGHT}px`;
    this.#store.question(place).then(
      (question) => text.append(el('span', snippet(question))),
      () => {},
    );
    return row;
  }
}

const SAID: Readonly<Record<string, readonly [sign: string, tone: string, words: string]>> = {
  [OUTCOMES.right]: ['✓', 'good', 'right'],
  [OUTCOMES.wrong]: ['✗', 'bad', 'wrong'],
  [OUTCOMES.undecidedRight]: ['✓?', 'good', 'right, undecided at Monte-Carlo error'],
  [OUTCOMES.undecidedWrong]: ['✗?', 'bad', 'wrong, undecided at Monte-Carlo error'],
  [OUTCOMES.partly]: ['½', 'warn', 'partly right'],
  [OUTCOMES.measured]: ['#', 'none', 'measured'],
  [OUTCOMES.unscored]: ['!', 'warn', 'unscored'],
  [OUTCOMES.missing]: ['–', 'none', 'not in this run'],
};

/** The outcome of a model: its sign, the tone of that, and words. */
export const outcomeOf = (model: SampleModel, row: number): readonly [sign: string, tone: string, words: string] =>
  SAID[model.outcomes[row] ?? OUTCOMES.missing] ?? ['', 'none', ''];

/** Each model has its place, that of the legend, on tasks too of which it has no run. */
function markOf(name: string, models: readonly SampleModel[], row: number): HTMLElement {
  const model = models.find((each) => each.name === name);
  const [sign, tone, said] = model === undefined ? ['·', 'none', 'no run'] : outcomeOf(model, row);
  const words = `${name}: ${said}`;
  const mark = el(`span.mark.${tone}`, { role: 'img', title: words, label: words });
  mark.append(sign);
  return mark;
}

/** The end of the question, where items of one task differ most. */
function snippet(question: SampleQuestion | null): string {
  if (question === null) return '';
  const view = question.asked[0]?.views[0];
  const context =
    (view?.context ?? '').trim() ||
    (view?.alternatives[0] ?? []).map(({ text }) => text).join('') ||
    question.answers.join(' / ');
  const line = context.replaceAll(/\s+/g, ' ');
  return line.length <= 150 ? line : `… ${line.slice(-148)}`;
}

const indexOfPlace = (places: readonly ItemPlace[], { set, row }: ItemPlace): number =>
  places.findIndex((place) => place.set === set && place.row === row);
