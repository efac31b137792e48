/** A number to the last digit, with what is counted: buffers and bytes are looked up, not compared. */
export function counted(count: number, noun: string, nouns: string = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : nouns}`;
}
