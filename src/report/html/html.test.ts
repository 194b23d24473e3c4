import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeText, html, jsonForScript, trusted } from './html.ts';

const HOSTILE = [
  '<script>alert(1)</script>',
  '</script>',
  '<!--',
  '-->',
  ']]>',
  '"><img src=x onerror=alert(1)>',
  "' onx='",
  '&lt;',
  '\0',
  '\ud800',
];
const texts = fc.oneof(fc.constantFrom(...HOSTILE), fc.string({ unit: 'binary' }), fc.string());

/** What a reader of HTML makes of escaped text. */
const unescaped = (markup: string): string =>
  markup
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');

describe('html', () => {
  it('leaves no text that could begin a tag, end an attribute or begin an entity', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const markup = html`<p title="${text}">${text}</p>`.toString();
        const [, attribute = '', content = ''] = /^<p title="([^"]*)">([^<]*)<\/p>$/s.exec(markup) ?? [];
        expect(markup).toBe(`<p title="${attribute}">${content}</p>`);
        expect(content).not.toMatch(/[<>"']|&(?!(lt|gt|quot|amp|#39);)/);
        expect(attribute).toBe(content);
      }),
    );
  });

  it('shows text as it is, but for characters that a document cannot hold', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const [before, shown] = [[...text], [...unescaped(escapeText(text))]];
        expect(shown).toHaveLength(before.length);
        const changed = before.filter((character, at) => character !== shown[at]);
        expect(shown.filter((character, at) => character !== before[at]).every((c) => c === '\ufffd')).toBe(true);
        expect(changed.filter((character) => /[\t\n\r\x20-\x7e\p{L}\p{So}]/u.test(character))).toEqual([]);
      }),
    );
  });

  it('puts markup of other templates in as it is, lists one after the other, and nothing for null and false', () => {
    const items = ['a', '<b>'].map((text) => html`<li>${text}</li>`);
    expect(html`<ul>${items}</ul>${null}${false}${0}`.toString()).toBe('<ul><li>a</li><li>&lt;b&gt;</li></ul>0');
    expect(html`${trusted('<hr>')}`.toString()).toBe('<hr>');
  });

  it('takes no part for an unquoted attribute', () => {
    expect(() => html`<a class="x" href=${'y'}>`).toThrow('unquoted attribute');
    expect(html`<p class="x">T = ${1}</p>`.toString()).toBe('<p class="x">T = 1</p>');
  });
});

it('JSON in a script holds no character that could end the element, and reads back the same', () => {
  fc.assert(
    fc.property(fc.oneof(texts, fc.jsonValue(), fc.array(texts)), (value) => {
      const markup = jsonForScript(value).toString();
      expect(markup).not.toMatch(/[<>&\u2028\u2029]/);
      expect(JSON.parse(markup)).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});
