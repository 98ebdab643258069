// `inbetween interpolate --timeline cut.otio …` is `inbetween retime cut.otio …`: clips on a timeline keep their length, so the words that follow are those of retime.

/** Of the words of a command line, those that are run. */
export function onTimeline(words: readonly string[]): string[] {
  const end = words.includes('--') ? words.indexOf('--') : words.length;
  const at = words.findIndex((word, i) => i < end && (word === '--timeline' || word.startsWith('--timeline=')));
  if (words[0] !== 'interpolate' || at < 0) return [...words];
  const [, inline] = words[at]!.split(/=(.*)/s);
  const file = inline ?? words[at + 1];
  if (file === undefined) return [...words];
  return ['retime', file, ...words.slice(1, at), ...words.slice(at + (inline === undefined ? 2 : 1))];
}

export const timelineHelp = `
A clip on a timeline is taken at the rate of its track, in its place and length, by "inbetween interpolate --timeline cut.otio --clip NAME", which is short for
"inbetween retime cut.otio --clip NAME". "inbetween retime --help" has its flags.`;
