import type { SourceFile } from './source.js';

/** A function, method or arrow function with a body in braces. */
export interface FunctionSpan {
  readonly name: string;
  readonly firstLine: number;
  readonly lastLine: number;
}

interface Token {
  readonly text: string;
  readonly offset: number;
}

/** A block behind `(...)` of one of these is not a function's body. */
const CONTROL = new Set(['if', 'for', 'while', 'switch', 'catch', 'await']);
const CLOSER: ReadonlyMap<string, string> = new Map([
  ['(', ')'],
  ['[', ']'],
  ['{', '}'],
]);
/** Words in front of a type that leave it open which type it is. */
const TYPE_PREFIX = new Set(['keyof', 'typeof', 'readonly', 'unique', 'infer', 'asserts', 'new']);
/** Behind one of these, a type goes on. */
const TYPE_OPERATOR = new Set(['|', '&', '.', '=>', 'is', 'extends', '?', ':']);

export function functionsOf(file: SourceFile): FunctionSpan[] {
  return new FunctionFinder(file).found;
}

/** Finds bodies by matching brackets: enough to measure them, and all there is without a parser. */
class FunctionFinder {
  readonly found: FunctionSpan[] = [];
  private readonly file: SourceFile;
  private readonly tokens: readonly Token[];
  /** For each opening bracket the number of its closing token, and the other way round. */
  private readonly partner: Map<number, number> = new Map();

  constructor(file: SourceFile) {
    this.file = file;
    const matches = file.code.matchAll(/[\w$#]+|=>|' *'|" *"|\S/g);
    this.tokens = [...matches].map((match) => ({ text: match[0], offset: match.index }));
    this.matchBrackets();
    this.tokens.forEach((token, i) => {
      if (token.text === ')') this.afterParameters(i);
      if (token.text === '=>' && this.text(i + 1) === '{') this.addArrow(i);
    });
  }

  private text(i: number): string {
    return this.tokens[i]?.text ?? '';
  }

  private matchBrackets(): void {
    const open: number[] = [];
    this.tokens.forEach(({ text }, i) => {
      if (CLOSER.has(text)) open.push(i);
      if (text !== ')' && text !== ']' && text !== '}') return;
      const start = open.pop();
      if (start === undefined || CLOSER.get(this.text(start)) !== text) {
        throw new Error(`${this.file.path}:${this.lineOf(i)}: brackets do not match: the lexer lost its way`);
      }
      this.partner.set(start, i).set(i, start);
    });
  }

  private addArrow(arrow: number): void {
    const last = arrow - 1;
    const header = this.text(last) === ')' ? (this.partner.get(last) as number) : last;
    this.add('an arrow function', header, arrow + 1);
  }

  /** A `)` may end the parameters of a function: then its body comes next, or a return type and then the body. */
  private afterParameters(close: number): void {
    const open = this.partner.get(close) as number;
    const name = this.nameBefore(open);
    if (this.text(close + 1) === '{' && !CONTROL.has(name) && name !== '') this.add(name, open, close + 1);
    if (this.text(close + 1) !== ':') return;
    const body = this.skipType(close + 2);
    if (body !== null) this.add(name, open, body);
  }

  /** The word in front of `(` or of the type parameters in front of it; '' for `extends mixin(...)`. */
  private nameBefore(open: number): string {
    let i = open - 1;
    if (this.text(i) === '>') {
      while (i > 0 && this.text(i) !== '<') i -= 1;
      i -= 1;
    }
    return this.text(i - 1) === 'extends' ? '' : this.text(i);
  }

  /** The number of the `{` behind the type that starts at token `i`; null when something else follows it. */
  private skipType(i: number): number | null {
    let at = i;
    let operandExpected = true;
    while (at < this.tokens.length) {
      const text = this.text(at);
      if (operandExpected) {
        if (!TYPE_PREFIX.has(text)) operandExpected = false;
        at = (this.partner.get(at) ?? at) + 1;
      } else if (text === '{') return at;
      else if (text === '<') at = this.behindTypeArguments(at);
      else if (text === '[') at = (this.partner.get(at) as number) + 1;
      else if (TYPE_OPERATOR.has(text)) {
        operandExpected = true;
        at += 1;
      } else return null;
    }
    return null;
  }

  private behindTypeArguments(open: number): number {
    let depth = 0;
    for (let i = open; i < this.tokens.length && this.text(i) !== ';'; i++) {
      if (this.text(i) === '<') depth += 1;
      if (this.text(i) === '>') depth -= 1;
      if (depth === 0) return i + 1;
    }
    return this.tokens.length;
  }

  private add(name: string, header: number, body: number): void {
    const end = this.partner.get(body) as number;
    this.found.push({ name, firstLine: this.lineOf(header), lastLine: this.lineOf(end) });
  }

  private lineOf(i: number): number {
    return this.file.lineAt((this.tokens[i] as Token).offset);
  }
}
