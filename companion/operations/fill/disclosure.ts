// What a file says about how it was made: an XMP packet with the IPTC digital source type, for programs that show provenance.

/** IPTC NewsCodes: a picture changed by an algorithm, with no model trained on other pictures. */
export const digitalSourceType = 'algorithmicallyEnhanced';

const newsCode = `http://cv.iptc.org/newscodes/digitalsourcetype/${digitalSourceType}`;

/** An XMP packet (ISO 16684-1) with `Iptc4xmpExt:DigitalSourceType` (IPTC Photo Metadata 2023.1; Video Metadata Hub 1.5). `job`: a UUID. */
export const xmpOf = (job: string): string =>
  [
    '<?xpacket begin="\uFEFF" id="W5M0MpCehiHzreSzNTczkc9d"?>',
    '<x:xmpmeta xmlns:x="adobe:ns:meta/">',
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">',
    '<rdf:Description rdf:about=""',
    ' xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"',
    ' xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:xmpMM="http://ns.adobe.com/xap/1.0/mm/"',
    ` xmp:CreatorTool="Inbetween" xmpMM:DocumentID="uuid:${job}" Iptc4xmpExt:DigitalSourceType="${newsCode}"/>`,
    '</rdf:RDF>',
    '</x:xmpmeta>',
    '<?xpacket end="w"?>',
  ].join('\n');
