/** Lines of at most `most` characters, broken between words where that is possible. */
export function wrapWords(text: string, most: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ').flatMap((one) => pieces(one, most))) {
    if (line !== '' && line.length + 1 + word.length > most) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

function pieces(word: string, most: number): readonly string[] {
  const count = Math.ceil(word.length / most);
  return count <= 1 ? [word] : Array.from({ length: count }, (_, i) => word.slice(i * most, (i + 1) * most));
}
