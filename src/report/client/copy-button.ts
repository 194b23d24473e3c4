/** Buttons that copy: a text, a command, the address of an item. */
import { el } from './dom.ts';

/** How long it says that it copied, in milliseconds. */
const TOLD = 1500;

/** @param what for readers who do not see what it stands beside */
export function copyButton(text: () => string, what: string): HTMLButtonElement {
  const button = el('button.copy', { type: 'button', label: `Copy ${what}` }, 'Copy');
  const tell = (word: string) => {
    button.textContent = word;
    window.setTimeout(() => {
      button.textContent = 'Copy';
    }, TOLD);
  };
  button.addEventListener('click', () => {
    copyText(text()).then(
      () => tell('Copied'),
      () => tell('Not allowed'),
    );
  });
  return button;
}

/** Beside every command of the page that makes a run again. */
export function addCopyButtons(): void {
  for (const command of document.querySelectorAll('#provenance .inside > pre')) {
    command.before(copyButton(() => command.textContent ?? '', 'the command'));
  }
}

async function copyText(text: string): Promise<void> {
  if (navigator.clipboard !== undefined) return navigator.clipboard.writeText(text);
  throw new TypeError('no clipboard');
}
