import { expect, it } from 'vitest';
import { linesThatRan } from './ran-lines.ts';

const TEXT = `import { x } from './x.js';
export function outer(flag) {
  // A comment is no code.
  if (flag) {
    return 1;
  }
  const inner = () => 2;
  return inner;
}
function never() {
  return 3;
}
`;
const at = (text: string) => TEXT.indexOf(text);
const range = (from: string, to: string, count: number) => ({
  startOffset: at(from),
  endOffset: at(to) + to.length,
  count,
});
const SCRIPT = {
  functions: [
    { ranges: [{ startOffset: 0, endOffset: TEXT.length, count: 1 }] },
    { ranges: [range('function outer', 'inner;\n}', 2), range('{\n    return 1', '1;\n  }', 0)] },
    { ranges: [range('() => 2', '() => 2', 0)] },
    { ranges: [range('function never', '3;\n}', 0)] },
  ],
};

it('counts lines that ran inside functions, without comments, blocks that were not entered, and lone brackets', () => {
  // 1 is of the module; 2, 4, 7 and 8 ran; 10 and 11 did not.
  expect(linesThatRan(TEXT, SCRIPT)).toEqual([2, 4, 7, 8]);
});
