// Chapters as an output holds them: cut to the part of the source that is shown, and bent as ffmpeg's writer of movies bends them.

import type { Container } from './codecs.ts';
import type { Chapter } from './description.ts';
import { Rational } from './rational.ts';

/** Seconds of the source that are shown: from where, and how long; null: to its end. */
export interface ChapterCut {
  readonly from: Rational;
  readonly length: Rational | null;
}

/** The chapters an output has when ffmpeg is told to carry them. */
export function storedChapters(chapters: readonly Chapter[], container: Container, cut: ChapterCut): Chapter[] {
  const { from, length } = cut;
  const taken = chapters
    .map((chapter) => ({ ...chapter, start: chapter.start.sub(from), end: chapter.end.sub(from) }))
    .filter(({ start, end }) => end.sign >= 0 && (length === null || start.compare(length) <= 0))
    .map((chapter) => ({ ...chapter, start: larger(chapter.start, Rational.ZERO), end: smaller(chapter.end, length) }));
  if (container === 'mkv') return taken;
  // In a movie titles are the samples of a text track: the first begins with the movie, and each lasts until the next.
  return taken.map((chapter, index) => ({
    ...chapter,
    start: index === 0 && chapter.title !== null ? Rational.ZERO : chapter.start,
    end: taken[index + 1]?.start ?? chapter.end,
  }));
}

/** Whether a movie keeps them: all titled (a text track) or none (a list of instants); of some it loses and repeats others. */
export const movieKeeps = (chapters: readonly Chapter[]): boolean =>
  chapters.every(({ title }) => (title === null) === (chapters[0]?.title === null));

const larger = (a: Rational, b: Rational): Rational => (a.compare(b) > 0 ? a : b);
const smaller = (a: Rational, b: Rational | null): Rational => (b !== null && a.compare(b) > 0 ? b : a);
