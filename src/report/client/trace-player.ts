/** A text as it comes to be, step by step: play, pause, scrub and step, with the places still masked in it. */
import type { SampleTrace } from '../items/sample-data.ts';
import { settledStep, type TraceFrame } from '../items/trace-frames.ts';
import { type Child, el } from './dom.ts';

/** Characters of the context that stand in front of the text. */
const CONTEXT = 240;
/** Of a whole playback and of one step, in milliseconds. */
const PLAYBACK = 12_000;
const SLOWEST = 700;
const FASTEST = 90;

/** @param outcome what became of the text: score and verdict */
export function tracePlayer(trace: SampleTrace, frames: readonly TraceFrame[], outcome: readonly Child[]): HTMLElement {
  const settled = settledStep(frames);
  const screen = screenOf(trace, frames, settled);
  const deck = deckOf(frames.length, screen);
  const { play, go, step } = deck;
  const box = el(
    'div.player',
    { role: 'group', label: `Denoising with T = ${trace.steps}` },
    el('p.note', outcome, settledParts(settled, trace.steps, frames, go)),
    screen.stage,
    el(
      'div.controls',
      button('|◀', 'All masked', () => go(0)),
      button('◀', 'Step back', () => step(-1)),
      play,
      button('▶', 'Step forward', () => step(1)),
      button('▶|', 'The whole text', () => go(frames.length)),
      screen.slider,
    ),
    screen.said,
  );
  box.addEventListener('keydown', (event) => onKey(event, screen.slider, frames.length, deck));
  go(frames.length);
  return box;
}

/** The text, the words for what is seen of it, and the slider. */
interface Screen {
  readonly stage: HTMLElement;
  readonly said: HTMLElement;
  readonly slider: HTMLInputElement;
  /** The text after so many steps. */
  show(at: number): void;
}

function screenOf(trace: SampleTrace, frames: readonly TraceFrame[], settled: number | null): Screen {
  const tokens = trace.positions.map(() => el('span.token'));
  const stage = el(
    'div.stage',
    el('span.around', trace.before.length > CONTEXT ? '… ' : '', trace.before.slice(-CONTEXT)),
    tokens,
    el('span.around', trace.after.slice(0, CONTEXT), trace.after.length > CONTEXT ? ' …' : ''),
  );
  const said = el('output.said');
  const slider = el('input', { type: 'range', label: 'Step' });
  Object.assign(slider, { min: '0', max: String(frames.length), step: '1' });
  const show = (at: number) => {
    slider.value = String(at);
    const frame = frames[at - 1];
    let open = 0;
    tokens.forEach((token, place) => {
      const cell = frame?.cells[place];
      const stands = cell?.kind === 'kept' || cell?.kind === 'revealed';
      if (!stands) open++;
      token.className = `token ${stands ? cell.kind : 'open'}`;
      token.textContent = stands ? cell.piece : '▒▒';
    });
    const words = spokenStep(frame, trace.steps, open, settled);
    slider.setAttribute('aria-valuetext', words);
    said.textContent = words;
  };
  return { stage, said, slider, show };
}

/** What moves through the steps. */
interface Deck {
  readonly play: HTMLElement;
  toggle(): void;
  /** Stops, and shows the text after so many steps. */
  go(to: number): void;
  step(by: number): void;
}

function deckOf(last: number, { stage, slider, show }: Screen): Deck {
  const play = el('button.play', { type: 'button' });
  let at = last;
  let timer = 0;
  const move = (to: number) => {
    at = Math.min(last, Math.max(0, to));
    show(at);
  };
  const stop = () => {
    window.clearInterval(timer);
    timer = 0;
    play.textContent = '▶ Play';
  };
  const start = () => {
    if (at === last) move(0);
    play.textContent = '❚❚ Pause';
    timer = window.setInterval(
      () => {
        if (!stage.isConnected) return stop();
        move(at + 1);
        if (at === last) stop();
      },
      Math.min(SLOWEST, Math.max(FASTEST, PLAYBACK / Math.max(1, last))),
    );
  };
  const toggle = () => (timer === 0 ? start() : stop());
  const go = (to: number) => {
    stop();
    move(to);
  };
  play.addEventListener('click', toggle);
  slider.addEventListener('input', () => go(Number(slider.value)));
  return { play, toggle, go, step: (by) => go(at + by) };
}

function button(text: string, label: string, act: () => void): HTMLElement {
  const made = el('button', { type: 'button', label }, text);
  made.addEventListener('click', act);
  return made;
}

function onKey(event: KeyboardEvent, slider: HTMLElement, last: number, { toggle, go, step }: Deck): void {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const isSlider = event.target === slider;
  const isButton = event.target instanceof HTMLButtonElement;
  if (event.key === ' ' && !isButton) toggle();
  else if (event.key === 'ArrowLeft' && !isSlider) step(-1);
  else if (event.key === 'ArrowRight' && !isSlider) step(1);
  else if (event.key === 'Home' && !isSlider) go(0);
  else if (event.key === 'End' && !isSlider) go(last);
  else return;
  event.preventDefault();
  event.stopPropagation();
}

function spokenStep(frame: TraceFrame | undefined, steps: number, open: number, settled: number | null): string {
  if (frame === undefined) return `Before step 1 of ${steps}: ${open} masked`;
  const fresh = frame.cells.filter(({ kind }) => kind === 'revealed').length;
  const isSettled = settled !== null && frame.step >= settled;
  return `Step ${frame.step} of ${steps}: ${fresh} revealed, ${open} masked${isSettled ? ', decided' : ''}`;
}

function settledParts(
  settled: number | null,
  steps: number,
  frames: readonly TraceFrame[],
  go: (frame: number) => void,
): Child[] {
  if (settled === null) return [];
  const jump = el('button.jump', { type: 'button' }, `step ${settled} of ${steps}`);
  jump.addEventListener('click', () => go(frames.findIndex(({ step }) => step === settled) + 1));
  const why =
    settled === steps
      ? ', the last: until then some proposal read otherwise.'
      : ': from there on all that is proposed reads as the final text, and later steps only reveal it.';
  return ['Decided by ', jump, why];
}
