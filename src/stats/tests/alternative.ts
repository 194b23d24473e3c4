/** Which difference a test looks for: any, a fall (`less`) or a rise (`greater`). */
export type Alternative = 'two-sided' | 'less' | 'greater';
