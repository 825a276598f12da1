/** What a simulated camera answers to the few ONVIF questions that lead to its pictures. Pure. */

const namespaces = [
  'xmlns:s="http://www.w3.org/2003/05/soap-envelope"',
  'xmlns:tds="http://www.onvif.org/ver10/device/wsdl"',
  'xmlns:trt="http://www.onvif.org/ver10/media/wsdl"',
  'xmlns:tt="http://www.onvif.org/ver10/schema"',
].join(" ");

export interface OnvifFacts {
  readonly nowWallMs: number;
  readonly serial: string;
  readonly serviceUrl: string;
  readonly snapshotUrl: string;
  /** Null: it has no stream. */
  readonly streamUrl: string | null;
  readonly width: number;
  readonly height: number;
  readonly fps: number;
}

/** The body of the answer to the question in `soap`; null: it does not know such a question. */
export function onvifAnswer(soap: string, facts: OnvifFacts): string | null {
  const asked = /<(?:\w+:)?Body[^>]*>\s*<(?:(\w+):)?(\w+)/.exec(soap)?.[2] ?? "";
  const body = bodies[asked]?.(facts);
  if (body === undefined) return null;
  return `<?xml version="1.0" encoding="UTF-8"?><s:Envelope ${namespaces}><s:Body>${body}</s:Body></s:Envelope>`;
}

export const onvifFault = `<?xml version="1.0" encoding="UTF-8"?><s:Envelope ${namespaces}><s:Body><s:Fault><s:Code><s:Value>s:Receiver</s:Value></s:Code><s:Reason><s:Text xml:lang="en">Action not supported</s:Text></s:Reason></s:Fault></s:Body></s:Envelope>`;

const bodies: Readonly<Record<string, (facts: OnvifFacts) => string>> = {
  GetSystemDateAndTime: ({ nowWallMs }) => {
    const now = new Date(nowWallMs);
    return (
      "<tds:GetSystemDateAndTimeResponse><tds:SystemDateAndTime><tt:DateTimeType>NTP</tt:DateTimeType>" +
      "<tt:DaylightSavings>false</tt:DaylightSavings><tt:TimeZone><tt:TZ>UTC0</tt:TZ></tt:TimeZone><tt:UTCDateTime>" +
      `<tt:Time><tt:Hour>${now.getUTCHours()}</tt:Hour><tt:Minute>${now.getUTCMinutes()}</tt:Minute><tt:Second>${now.getUTCSeconds()}</tt:Second></tt:Time>` +
      `<tt:Date><tt:Year>${now.getUTCFullYear()}</tt:Year><tt:Month>${now.getUTCMonth() + 1}</tt:Month><tt:Day>${now.getUTCDate()}</tt:Day></tt:Date>` +
      "</tt:UTCDateTime></tds:SystemDateAndTime></tds:GetSystemDateAndTimeResponse>"
    );
  },
  GetDeviceInformation: ({ serial }) =>
    "<tds:GetDeviceInformationResponse><tds:Manufacturer>hazgate</tds:Manufacturer><tds:Model>simulated camera</tds:Model>" +
    `<tds:FirmwareVersion>1</tds:FirmwareVersion><tds:SerialNumber>${serial}</tds:SerialNumber><tds:HardwareId>none</tds:HardwareId></tds:GetDeviceInformationResponse>`,
  GetCapabilities: ({ serviceUrl }) =>
    `<tds:GetCapabilitiesResponse><tds:Capabilities><tt:Device><tt:XAddr>${serviceUrl}</tt:XAddr></tt:Device>` +
    `<tt:Media><tt:XAddr>${serviceUrl}</tt:XAddr></tt:Media></tds:Capabilities></tds:GetCapabilitiesResponse>`,
  GetServices: ({ serviceUrl }) =>
    `<tds:GetServicesResponse>${[
      "http://www.onvif.org/ver10/device/wsdl",
      "http://www.onvif.org/ver10/media/wsdl",
    ]
      .map(
        (name) =>
          `<tds:Service><tds:Namespace>${name}</tds:Namespace><tds:XAddr>${serviceUrl}</tds:XAddr><tds:Version><tt:Major>2</tt:Major><tt:Minor>0</tt:Minor></tds:Version></tds:Service>`,
      )
      .join("")}</tds:GetServicesResponse>`,
  GetProfiles: ({ width, height, fps }) =>
    '<trt:GetProfilesResponse><trt:Profiles token="main" fixed="true"><tt:Name>main</tt:Name>' +
    `<tt:VideoSourceConfiguration token="source"><tt:Name>source</tt:Name><tt:UseCount>1</tt:UseCount><tt:SourceToken>source</tt:SourceToken><tt:Bounds x="0" y="0" width="${width}" height="${height}"/></tt:VideoSourceConfiguration>` +
    `<tt:VideoEncoderConfiguration token="coder"><tt:Name>coder</tt:Name><tt:UseCount>1</tt:UseCount><tt:Encoding>H264</tt:Encoding><tt:Resolution><tt:Width>${width}</tt:Width><tt:Height>${height}</tt:Height></tt:Resolution><tt:Quality>5</tt:Quality>` +
    `<tt:RateControl><tt:FrameRateLimit>${fps}</tt:FrameRateLimit><tt:EncodingInterval>1</tt:EncodingInterval><tt:BitrateLimit>700</tt:BitrateLimit></tt:RateControl>` +
    `<tt:H264><tt:GovLength>${fps * 2}</tt:GovLength><tt:H264Profile>Main</tt:H264Profile></tt:H264></tt:VideoEncoderConfiguration></trt:Profiles></trt:GetProfilesResponse>`,
  GetStreamUri: ({ streamUrl }) =>
    `<trt:GetStreamUriResponse><trt:MediaUri><tt:Uri>${streamUrl ?? ""}</tt:Uri><tt:InvalidAfterConnect>false</tt:InvalidAfterConnect><tt:InvalidAfterReboot>false</tt:InvalidAfterReboot><tt:Timeout>PT60S</tt:Timeout></trt:MediaUri></trt:GetStreamUriResponse>`,
  GetSnapshotUri: ({ snapshotUrl }) =>
    `<trt:GetSnapshotUriResponse><trt:MediaUri><tt:Uri>${snapshotUrl}</tt:Uri><tt:InvalidAfterConnect>false</tt:InvalidAfterConnect><tt:InvalidAfterReboot>false</tt:InvalidAfterReboot><tt:Timeout>PT60S</tt:Timeout></trt:MediaUri></trt:GetSnapshotUriResponse>`,
};
