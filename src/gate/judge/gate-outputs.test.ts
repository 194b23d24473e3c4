import { describe, expect, it } from 'vitest';
import { scriptedMeasured } from '../../../test/scripted/scripted-measured.ts';
import { markdownCell } from '../../report/documents/markdown-table.ts';
import { type GateDocument, overall } from './gate-document.ts';
import { gateAnnotations, gateJunit, gateMarkdown, xmlText } from './gate-outputs.ts';
import { resolveGateRules } from './gate-schema.ts';
import { gateText } from './gate-text.ts';
import { judge } from './judge.ts';

const NASTY = 'a<b>&"\'\u0000\n::error::%|`x`';
const bits = (n: number, isRight: (i: number) => boolean) => Array.from({ length: n }, (_, i) => Number(isRight(i)));
const half = bits(200, (i) => i < 100);
const side = (model: string, acc: readonly number[], more = {}) =>
  ['one', NASTY].map((task) => scriptedMeasured({ model, task, values: { acc }, ...more }));
const document: GateDocument = judge(
  side('old', half),
  side(
    NASTY,
    bits(200, (i) => i < 60),
  ),
  resolveGateRules({}),
);

describe('one verdict makes every output', () => {
  it('text and Markdown', () => {
    expect(document.verdict).toBe('regression');
    expect(gateText(document)).toMatch(/\ngate: regression \(2 checks, 6 guards; 2 failed, 0 open\)\n$/);
    expect(gateMarkdown(document)).toMatch(/^## gate: regression \(2 checks/);
  });

  it('JUnit XML that is well-formed whatever the names hold', () => {
    const xml = gateJunit(document);
    expect(xml).toContain('<testsuite name="bench gate" tests="8" failures="2" errors="0">');
    expect(wellFormed(xml)).toBe(true);
    expect([...xml.matchAll(/<testcase /g)]).toHaveLength(8);
    expect([...xml.matchAll(/<failure type="regression"/g)]).toHaveLength(2);
    const open = judge(side('old', half.slice(0, 20)), side('new', half.slice(0, 20)), resolveGateRules({}));
    expect([...gateJunit(open).matchAll(/<error type="inconclusive"/g)]).toHaveLength(2);
  });

  it('annotations of one line each, that no name can break out of', () => {
    const lines = gateAnnotations(document).trimEnd().split('\n');
    expect(lines.filter((line) => line.startsWith('::error '))).toHaveLength(2);
    expect(lines.every((line) => /^::(error|warning|notice) title=[^:,]*::/.test(line))).toBe(true);
    expect(lines.at(-1)).toContain('gate%3A regression'.replace('%3A', ':'));
  });

  it('a regression outweighs what is open, and nothing checked is open', () => {
    expect(overall(['pass', 'inconclusive', 'regression'])).toBe('regression');
    expect(overall(['pass', 'inconclusive'])).toBe('inconclusive');
    expect(overall(['pass'])).toBe('pass');
    expect(overall([])).toBe('inconclusive');
  });
});

it('escapes XML and Markdown', () => {
  expect(xmlText('<&>"\'\u0001\ud800')).toBe('&lt;&amp;&gt;&quot;&apos;\ufffd\ufffd');
  expect(markdownCell('<b>|`a`\n[x](y)')).toBe('&lt;b&gt;&#124;&#96;a&#96; [x&#93;(y)');
});

/** Every tag is closed in order, and text and attributes hold no bare mark: enough of XML for what we write. */
function wellFormed(xml: string): boolean {
  const open: string[] = [];
  const token =
    /<\?xml[^<>]*\?>|<(\/?)([a-z]+)((?:\s[a-z]+="[^"<>&]*(?:&[#a-z0-9]+;[^"<>&]*)*")*)(\/?)>|[^<>&]|&(?:#\d+|[a-z]+);/y;
  for (let at = 0; at < xml.length; at = token.lastIndex) {
    token.lastIndex = at;
    const found = token.exec(xml);
    if (found === null) return false;
    const [, closing, name, , empty] = found;
    if (name === undefined || empty === '/') continue;
    if (closing === '/') {
      if (open.pop() !== name) return false;
    } else open.push(name);
  }
  return open.length === 0;
}
