// Where a clip's material comes from.
import { OtioError } from '../errors.ts';
import { RationalTime, type TimeRange } from '../opentime/index.ts';
import { bounds, metadata, nullable, real, required, text, timed, timeRange, whole, word } from './fields.ts';
import { define } from './object.ts';
import { SerializableObjectWithMetadata } from './with-metadata.ts';

/** How often the range of any medium was changed: media do not know their clips, which may be many. */
export const mediaTimes = { changes: 0 };

export class MediaReference extends define(SerializableObjectWithMetadata, 'MediaReference', 1, {
  available_range: timed(nullable(timeRange())),
  available_image_bounds: nullable(bounds()),
}) {
  readonly #built = true;

  timesChanged(): void {
    if (#built in this) mediaTimes.changes++; // a medium that is still being made is in no clip
  }
  get isMissingReference(): boolean {
    return false;
  }
}

export class MissingReference extends define(MediaReference, 'MissingReference', 1, {}) {
  override get isMissingReference(): boolean {
    return true;
  }
}

export class ExternalReference extends define(MediaReference, 'ExternalReference', 1, {
  target_url: required(text()),
}) {}

export class GeneratorReference extends define(MediaReference, 'GeneratorReference', 1, {
  generator_kind: required(text()),
  parameters: required(metadata()),
}) {}

/** Numbered files: `<base>/<prefix><number><suffix>`, one every `frameStep` frames of `rate`. */
export class ImageSequenceReference extends define(MediaReference, 'ImageSequenceReference', 1, {
  target_url_base: required(text()),
  name_prefix: required(text()),
  name_suffix: required(text()),
  start_frame: required(whole(1)),
  frame_step: required(whole(1)),
  rate: required(real(1)),
  frame_zero_padding: required(whole(0)),
  missing_frame_policy: required(word('error', 'hold', 'black')),
}) {
  /** From one image to the next. */
  get frameDuration(): RationalTime {
    return new RationalTime(this.frameStep, this.rate);
  }
  /** Number of the last frame; the first where the range is unknown. */
  get endFrame(): number {
    if (this.availableRange === null) return this.startFrame;
    return this.startFrame + this.availableRange.duration.toFrames(this.rate) - 1;
  }
  /** 0 where the range is unknown. */
  get numberOfImagesInSequence(): number {
    return this.availableRange?.duration.toFrames(this.rate / this.frameStep) ?? 0;
  }

  /** Images count from 0; a negative one lies before the first. @throws OtioError ILLEGAL_INDEX past the last */
  targetUrlForImageNumber(image: number): string {
    this.#demandImage(image);
    const number = this.startFrame + image * this.frameStep;
    const digits = String(Math.abs(number)).padStart(this.frameZeroPadding, '0');
    return this.#url(this.targetUrlBase === '' ? '' : '/', `${number < 0 ? '-' : ''}${digits}`);
  }
  /** The URL with `symbol` (`%04d`, `####`) in place of the number. As the reference has it, one without base starts with a slash. */
  abstractTargetUrl(symbol: string): string {
    return this.#url('/', symbol);
  }
  #url(slash: string, number: string): string {
    const base = this.targetUrlBase;
    return `${base}${base.endsWith('/') ? '' : slash}${this.namePrefix}${number}${this.nameSuffix}`;
  }
  /** When an image is shown, in the time of the media. @throws OtioError ILLEGAL_INDEX past the last */
  presentationTimeForImageNumber(image: number): RationalTime {
    return this.#demandImage(image).startTime.add(new RationalTime(image * this.frameStep, this.rate));
  }
  /** Number of the frame at a time of the media. @throws OtioError INVALID_TIME_RANGE outside the available range */
  frameForTime(time: RationalTime): number {
    const range = this.availableRange;
    if (!range?.contains(time))
      throw new OtioError('INVALID_TIME_RANGE', 'The image sequence has no frame at that time.');
    return this.startFrame + time.sub(range.startTime).toFrames(this.rate);
  }

  #demandImage(image: number): TimeRange {
    const count = this.rate === 0 ? 0 : this.numberOfImagesInSequence;
    if (image >= count || this.availableRange === null)
      throw new OtioError('ILLEGAL_INDEX', `The image sequence has ${count} images, but image ${image} was asked for.`);
    return this.availableRange;
  }
}
