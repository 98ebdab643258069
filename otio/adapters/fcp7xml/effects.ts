// Effects and transitions of FCP7 XML: the constant speed is known, what else there is is kept as it stands.
import { Effect, type Item, type Transition } from '../../schema/index.ts';
import { speedEffects } from '../layout.ts';
import type { Problems } from '../report.ts';
import { child, children, textOf, type XmlElement, xml } from '../xml.ts';
import { attributesOf, elementsOf, metadataOf, ownOf } from './metadata.ts';
import { isTrue, numberIn } from './time.ts';

const SPEED = 'timeremap';

/** The value of a parameter by its id. */
const parameter = (effect: XmlElement, id: string): XmlElement | undefined => {
  const found = children(effect, 'parameter').find((one) => textOf(child(one, 'parameterid')).trim() === id);
  return found && child(found, 'value');
};

/** The effects in the `<filter>`s of a clip. */
export function effectsIn(clip: XmlElement, problems: Problems): Item['effects'] {
  return children(clip, 'filter').flatMap((filter) => {
    const effect = child(filter, 'effect');
    if (effect === undefined) return [];
    const speed = textOf(child(effect, 'effectid')).trim() === SPEED ? speedIn(effect, problems) : null;
    if (speed !== null) return speedEffects(speed);
    const enabled = child(filter, 'enabled') === undefined || isTrue(child(filter, 'enabled'));
    const name = textOf(child(effect, 'name'));
    return [
      new Effect({
        name,
        effectName: textOf(child(effect, 'effectid')),
        enabled,
        metadata: metadataOf(effect, ['name', 'effectid']),
      }),
    ];
  });
}

/** A constant speed, as a factor; null for one that varies. */
function speedIn(effect: XmlElement, problems: Problems): number | null {
  const variable = parameter(effect, 'variablespeed');
  const value = parameter(effect, 'speed');
  const percent = numberIn(value, problems);
  if (percent === null || isTrue(variable)) return null;
  const backwards = isTrue(parameter(effect, 'reverse')) ? -1 : 1;
  // Hiero writes a factor, where the format has a percentage: it shows by its size, and by the parameters that it leaves out.
  if (variable === undefined && percent !== 0 && Math.abs(percent) < 1) {
    problems.add(
      'FORMAT_UNSUPPORTED',
      `A speed of ${percent} % is hardly meant.`,
      'It is read as a factor.',
      value!.line,
    );
    return percent * backwards;
  }
  return (percent / 100) * backwards + 0;
}

const valued = (id: string, name: string, value: string | number): XmlElement =>
  xml('parameter', {}, [xml('parameterid', {}, [id]), xml('name', {}, [name]), xml('value', {}, [value])]);

export function speedFilter(speed: number, mediaType: string): XmlElement {
  const percent = Number((Math.abs(speed) * 100).toPrecision(15));
  return filterOf('Time Remap', SPEED, true, [
    xml('effectcategory', {}, ['motion']),
    xml('effecttype', {}, ['motion']),
    xml('mediatype', {}, [mediaType]),
    valued('variablespeed', 'variablespeed', 0),
    valued('speed', 'speed', percent),
    valued('reverse', 'reverse', speed < 0 ? 'TRUE' : 'FALSE'),
    valued('frameblending', 'frameblending', 'FALSE'),
  ]);
}

/** An effect that came from such a file; null for others. */
export function keptFilter(effect: Item['effects'][number]): XmlElement | null {
  if (!(effect instanceof Effect) || Object.keys(ownOf(effect.metadata)).length === 0) return null;
  const own = ownOf(effect.metadata);
  return filterOf(effect.name, effect.effectName, effect.enabled, elementsOf(own), attributesOf(own));
}

function filterOf(
  name: string,
  id: string,
  enabled: boolean,
  rest: readonly XmlElement[],
  attributes = {},
): XmlElement {
  return xml('filter', {}, [
    enabled ? undefined : xml('enabled', {}, ['FALSE']),
    xml('effect', attributes, [xml('name', {}, [name]), xml('effectid', {}, [id]), ...rest]),
  ]);
}

/** The kind of a `<transitionitem>`, by the category and id of its effect. */
export function transitionType(effect: XmlElement | undefined): string {
  const [id, category] = ['effectid', 'effectcategory'].map((name) => textOf(effect && child(effect, name)).trim());
  if (id === 'Cross Dissolve' || id?.startsWith('KGAudioTransCrossFade')) return 'SMPTE_Dissolve';
  return category === 'Wipe' ? 'SMPTE_Wipe' : 'Custom_Transition';
}

/** The effect of a transition; null for a kind that only a name is known of. */
export function transitionEffect(
  { transitionType: type, name, metadata }: Transition,
  audio: boolean,
): XmlElement | null {
  const own = ownOf(metadata);
  const kept = elementsOf(own).find((one) => one.name === 'effect');
  if (kept !== undefined && transitionType(kept) === type) return kept;
  const [id, title, category] =
    type !== 'SMPTE_Wipe'
      ? audio
        ? ['KGAudioTransCrossFade3dB', 'Cross Fade (+3dB)', 'Dissolve']
        : ['Cross Dissolve', 'Cross Dissolve', 'Dissolve']
      : ['Edge Wipe', 'Edge Wipe', 'Wipe'];
  if (type !== 'SMPTE_Dissolve' && type !== 'SMPTE_Wipe') return null;
  return xml('effect', {}, [
    xml('name', {}, [name || title]),
    xml('effectid', {}, [id]),
    xml('effectcategory', {}, [category]),
    xml('effecttype', {}, ['transition']),
    xml('mediatype', {}, [audio ? 'audio' : 'video']),
  ]);
}
