// FCPXML as a timeline: the primary storyline is the lowest track, what is connected to it lies above and below by its lanes.
import { OtioError } from '../../errors.ts';
import { type ExactRate, rationalRate } from '../../opentime/index.ts';
import { dictionary, type Item, SerializableCollection, Timeline } from '../../schema/index.ts';
import type { AdapterReadOptions, AdapterReadResult } from '../adapter.ts';
import { Problems } from '../report.ts';
import { child, children, parseXml, type XmlElement } from '../xml.ts';
import { Resources } from './resources.ts';
import { Seconds } from './seconds.ts';
import { Story } from './story.ts';
import { KEY, STORY } from './words.ts';

/** @throws OtioError FORMAT_UNSUPPORTED, LIMIT_EXCEEDED; when strict the first problem */
export function readFcpxml(text: string, { mode }: AdapterReadOptions = {}): AdapterReadResult {
  const root = parseXml(text);
  if (root.name !== 'fcpxml')
    throw new OtioError('FORMAT_UNSUPPORTED', `This is no FCPXML: its root is <${root.name}>.`, { line: root.line });
  const problems = new Problems(mode);
  const resources = new Resources(root, problems);
  const timelines: Timeline[] = [];
  const loose: XmlElement[] = [];
  const look = (element: XmlElement): void => {
    for (const one of children(element)) {
      if (one.name === 'project') timelines.push(timelineOf(one, resources, problems));
      else if (one.name === 'library' || one.name === 'event') look(one);
      else if (STORY.has(one.name)) loose.push(one);
    }
  };
  look(root);
  const [only] = timelines;
  for (const { name, line } of timelines.length > 0 ? loose : [])
    problems.add('FORMAT_UNSUPPORTED', `A <${name}> lies beside the projects.`, 'It is passed over.', line);
  if (only !== undefined && timelines.length === 1) return { root: only, problems: problems.found };
  const items = timelines.length > 0 ? timelines : loose.flatMap((one) => looseItem(one, resources, problems));
  return { root: new SerializableCollection({ children: items }), problems: problems.found };
}

function timelineOf(project: XmlElement, resources: Resources, problems: Problems): Timeline {
  const sequence = child(project, 'sequence');
  const name = project.attributes.name ?? '';
  if (sequence === undefined) {
    problems.add('FORMAT_UNSUPPORTED', 'A project has no sequence.', 'It is read as empty.', project.line);
    return new Timeline({ name });
  }
  const story = new Story(rateOf(sequence, resources, problems), resources, problems);
  const start = resources.time(sequence, 'tcStart');
  const { tcFormat } = sequence.attributes;
  return new Timeline({
    name,
    globalStartTime: start && story.clips.timeAt(start, null, sequence),
    tracks: story.stack(sequence, 'tracks'),
    metadata: tcFormat === undefined ? dictionary() : Object.assign(dictionary(), { [KEY]: { tcFormat } }),
  });
}

/** A clip of an event: without a timeline it is just an item. */
function looseItem(element: XmlElement, resources: Resources, problems: Problems): Item[] {
  const asset = resources.asset(element);
  const sequence = resources.sequence(element.attributes.ref);
  const rate = resources.rateOf(element.attributes.format ?? sequence?.attributes.format) ?? asset?.rate;
  const story = new Story(rate ?? rationalRate(24), resources, problems);
  story.place(element, Seconds.zero, 0);
  const found = story.lanes.tracks().flatMap((track) => {
    const items = [...track.children] as Item[];
    track.clearChildren();
    return items;
  });
  return found.slice(0, 1);
}

function rateOf(sequence: XmlElement, resources: Resources, problems: Problems): ExactRate {
  const rate = resources.rateOf(sequence.attributes.format);
  if (rate !== null) return rate;
  problems.add(
    'INVALID_TIMECODE_RATE',
    'The format of a sequence has no frame duration.',
    '24 frames per second are taken.',
    sequence.line,
  );
  return rationalRate(24);
}
