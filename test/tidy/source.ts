/** What a character of a source file is part of. Quotes and slashes around a literal count as code. */
const Kind = { code: 0, comment: 1, literal: 2 } as const;
type Kind = (typeof Kind)[keyof typeof Kind];

/** A slash behind one of these words begins a regular expression; behind any other word it divides. */
const BEFORE_REGEX = new Set(
  'return typeof case in of delete void throw new instanceof else do await yield'.split(' '),
);

/**
 * Splits TypeScript into code, comments and the insides of literals. TypeScript 7 has no parser to offer to other
 * programs, and for rules about names this much is enough. Known blind spot: a regular expression right behind a
 * closing bracket is taken for a division.
 */
class Lexer {
  readonly kinds: Uint8Array;
  private readonly text: string;
  private at = 0;
  private depth = 0;
  /** Depths at which a closing brace goes back into the template literal around it. */
  private readonly templates: number[] = [];
  /** Where the last character was that is neither space nor comment. */
  private previous = -1;

  constructor(text: string) {
    this.text = text;
    this.kinds = new Uint8Array(text.length);
    if (text.startsWith('#!')) this.take(this.lineEnd(), Kind.comment);
    while (this.at < text.length) this.step();
  }

  private step(): void {
    const c = this.text[this.at] as string;
    const two = this.text.slice(this.at, this.at + 2);
    if (two === '//') this.take(this.lineEnd(), Kind.comment);
    else if (two === '/*') this.take(this.behind('*/', this.at + 2), Kind.comment);
    else if (c === "'" || c === '"') this.literal(this.stringEnd(c));
    else if (c === '`') this.template();
    else if (c === '/' && this.regexMayBegin()) this.regex();
    else if (c === '}' && this.depth === this.templates.at(-1)) this.template();
    else this.codeOnly(c);
  }

  private codeOnly(c: string): void {
    if (c === '{') this.depth += 1;
    if (c === '}') this.depth -= 1;
    if (c.trim() !== '') this.previous = this.at;
    this.at += 1;
  }

  /** The opening delimiter is at the current place; the closing one is at `end`. */
  private literal(end: number): void {
    this.at += 1;
    this.take(end, Kind.literal);
    this.previous = this.at;
    this.at += 1;
  }

  /** From a backtick, or from the brace that ends a `${}`, to the next `${` or the closing backtick. */
  private template(): void {
    if (this.text[this.at] === '}') {
      this.templates.pop();
      this.depth -= 1;
    }
    let end = this.at + 1;
    while (end < this.text.length && this.text[end] !== '`') {
      if (this.text.startsWith('${', end)) {
        this.literal(end);
        this.codeOnly('{');
        this.templates.push(this.depth);
        return;
      }
      end += this.text[end] === '\\' ? 2 : 1;
    }
    this.literal(end);
  }

  private regex(): void {
    let end = this.at + 1;
    let inClass = false;
    while (end < this.text.length && (inClass || this.text[end] !== '/')) {
      const c = this.text[end];
      if (c === '[') inClass = true;
      if (c === ']') inClass = false;
      end += c === '\\' ? 2 : 1;
    }
    this.literal(end);
    let flagsEnd = this.at;
    while (/\w/.test(this.text[flagsEnd] ?? '')) flagsEnd += 1;
    this.take(flagsEnd, Kind.literal);
  }

  private regexMayBegin(): boolean {
    if (this.previous === -1) return true;
    // No keyword is longer than this.
    const before = this.text.slice(Math.max(0, this.previous - 12), this.previous + 1);
    const word = /[\w$]+$/.exec(before)?.[0];
    if (word !== undefined) return BEFORE_REGEX.has(word);
    return !')]}\'"`/'.includes(before.at(-1) as string);
  }

  private stringEnd(quote: string): number {
    let end = this.at + 1;
    while (end < this.text.length && this.text[end] !== quote && this.text[end] !== '\n') {
      end += this.text[end] === '\\' ? 2 : 1;
    }
    return end;
  }

  private lineEnd(): number {
    const end = this.text.indexOf('\n', this.at);
    return end === -1 ? this.text.length : end;
  }

  private behind(token: string, from: number): number {
    const at = this.text.indexOf(token, from);
    return at === -1 ? this.text.length : at + token.length;
  }

  private take(end: number, kind: Kind): void {
    this.kinds.fill(kind, this.at, end);
    this.at = end;
  }
}

/** One text file of the project, by its path from the root, with forward slashes. */
export class SourceFile {
  readonly path: string;
  readonly text: string;
  private codeOnly: string | null = null;
  private commentsOnly: string | null = null;
  private lineStarts: readonly number[] | null = null;

  constructor(path: string, text: string) {
    this.path = path;
    this.text = text;
  }

  get lines(): readonly string[] {
    return this.text.replace(/\n$/, '').split('\n');
  }

  /** The text with comments and the insides of literals turned into spaces; every offset stays. */
  get code(): string {
    this.split();
    return this.codeOnly as string;
  }

  /** The text with everything but comments turned into spaces. */
  get comments(): string {
    this.split();
    return this.commentsOnly as string;
  }

  /** The line that holds the character at `offset`, from 1. */
  lineAt(offset: number): number {
    this.lineStarts ??= [0, ...[...this.text.matchAll(/\n/g)].map((newline) => newline.index + 1)];
    const after = this.lineStarts.findIndex((start) => start > offset);
    return after === -1 ? this.lineStarts.length : after;
  }

  private split(): void {
    if (this.codeOnly !== null) return;
    const { kinds } = new Lexer(this.text);
    this.codeOnly = this.keep(kinds, Kind.code);
    this.commentsOnly = this.keep(kinds, Kind.comment);
  }

  private keep(kinds: Uint8Array, kind: Kind): string {
    let result = '';
    for (let i = 0; i < this.text.length; i++) {
      const c = this.text[i] as string;
      result += kinds[i] === kind || c === '\n' ? c : ' ';
    }
    return result;
  }
}
