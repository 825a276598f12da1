/**
 * SOAP answers in the shapes of several makes, after their public documents and published captures: prefixes, paths,
 * tokens, subscription addresses and oddities differ as they do there. No recording of a real camera.
 */

export type Make = "hikvision" | "dahua" | "axis" | "uniview";

interface Shape {
  readonly env: string;
  readonly tds: string;
  readonly tt: string;
  readonly manufacturer: string;
  readonly model: string;
  readonly firmware: string;
  readonly serial: string;
  readonly mediaPath: string;
  readonly eventPath: string;
  readonly token: string;
  readonly stream: string;
  readonly snapshot: string;
  /** Where pulls go; `{}` is replaced by the subscription's number. */
  readonly pullPath: string;
  readonly motionTopic: string;
  readonly motionItem: string;
  readonly media2: boolean;
}

export const shapes: Readonly<Record<Make, Shape>> = {
  hikvision: {
    ...{ env: "env", tds: "tds", tt: "tt", manufacturer: "HIKVISION", model: "DS-2CD2T47G2" },
    ...{ firmware: "V5.7.3 build 220112", serial: "DS-2CD2T47G220200101AAWR000000001" },
    ...{ mediaPath: "/onvif/Media", eventPath: "/onvif/Events", token: "Profile_1" },
    stream: "/Streaming/Channels/101?transportmode=unicast&amp;profile=Profile_1",
    snapshot: "/onvif-http/snapshot?Profile_1",
    pullPath: "/onvif/Events/PullSubManager_2026-11-27T10:00:00Z_{}",
    ...{ motionTopic: "tns1:RuleEngine/CellMotionDetector/Motion", motionItem: "IsMotion" },
    media2: false,
  },
  dahua: {
    ...{ env: "s", tds: "tds", tt: "tt", manufacturer: "Dahua", model: "IPC-HFW5442E-ZE" },
    ...{ firmware: "2.800", serial: "0012345678" },
    ...{ mediaPath: "/onvif/media_service", eventPath: "/onvif/event_service" },
    token: "MediaProfile000",
    stream: "/cam/realmonitor?channel=1&amp;subtype=0&amp;unicast=true&amp;proto=Onvif",
    snapshot: "/onvifsnapshot/media_service/snapshot?channel=1&amp;subtype=0",
    pullPath: "/onvif/event_service/subscription?id={}",
    ...{ motionTopic: "tns1:VideoSource/MotionAlarm", motionItem: "State" },
    media2: false,
  },
  axis: {
    ...{ env: "SOAP-ENV", tds: "tds", tt: "tt", manufacturer: "AXIS", model: "P1468-XLE" },
    ...{ firmware: "11.10", serial: "ACCC8E000001" },
    ...{ mediaPath: "/onvif/services", eventPath: "/onvif/services", token: "profile_1_h264" },
    stream: "/onvif-media/media.amp?profile=profile_1_h264&amp;sessiontimeout=60",
    snapshot: "/onvif-cgi/jpg/image.cgi?resolution=1920x1080&amp;compression=30",
    pullPath: "/onvif/services",
    ...{ motionTopic: "tns1:VideoSource/tnsaxis:VMD4/Camera1ProfileANY", motionItem: "active" },
    media2: true,
  },
  uniview: {
    ...{ env: "SOAP-ENV", tds: "ns1", tt: "ns2", manufacturer: "Uniview", model: "IPC2324LB" },
    ...{ firmware: "IPC_D1202-B0030P16D1812", serial: "210235C3XX0000000001" },
    ...{ mediaPath: "/onvif/media_service", eventPath: "/onvif/event_service" },
    ...{ token: "media_profile1", stream: "/media/video1", snapshot: "/images/snapshot.jpg" },
    pullPath: "/onvif/subsription_{}",
    ...{ motionTopic: "tns1:RuleEngine/CellMotionDetector/Motion", motionItem: "IsMotion" },
    media2: true,
  },
};

export interface Saying {
  readonly make: Make;
  /** What it writes before a path, for HTTP: `http://host:port`; several with blanks between. */
  readonly origins: readonly string[];
  readonly rtspOrigin: string;
  readonly nowMs: number;
  readonly events: readonly {
    readonly topic: string;
    readonly item: string;
    readonly state: string;
  }[];
  readonly subscription: number;
}

/** The whole message; null for an action that it does not know. `action` is the element in the SOAP body. */
export function answerTo(action: string, request: string, say: Saying): string | null {
  const shape = shapes[say.make];
  const body = bodies[action]?.(shape, say, request);
  return body === undefined ? null : enveloped(shape, body);
}

export function faultMessage(make: Make, code: string, reason: string): string {
  const { env } = shapes[make];
  return enveloped(
    shapes[make],
    `<${env}:Fault><${env}:Code><${env}:Value>${env}:Sender</${env}:Value><${env}:Subcode><${env}:Value>ter:${code}</${env}:Value></${env}:Subcode></${env}:Code><${env}:Reason><${env}:Text xml:lang="en">${reason}</${env}:Text></${env}:Reason></${env}:Fault>`,
  );
}

function enveloped({ env, tds, tt }: Shape, body: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<${env}:Envelope xmlns:${env}="http://www.w3.org/2003/05/soap-envelope" xmlns:${tds}="http://www.onvif.org/ver10/device/wsdl" xmlns:trt='http://www.onvif.org/ver10/media/wsdl' xmlns:tr2="http://www.onvif.org/ver20/media/wsdl" xmlns:tev="http://www.onvif.org/ver10/events/wsdl" xmlns:${tt}="http://www.onvif.org/ver10/schema" xmlns:wsa5="http://www.w3.org/2005/08/addressing" xmlns:wsnt="http://docs.oasis-open.org/wsn/b-2" xmlns:ter="http://www.onvif.org/ver10/error" xmlns:tns1="http://www.onvif.org/ver10/topics" xmlns:tnsaxis="http://www.axis.com/2009/event/topics"><!-- made --><${env}:Body>${body}</${env}:Body></${env}:Envelope>\n`;
}

type Body = (shape: Shape, say: Saying, request: string) => string;

const everywhere = (say: Saying, path: string): string =>
  say.origins.map((origin) => `${origin}${path}`).join(" ");
const first = (say: Saying, path: string): string => `${say.origins.at(-1)}${path}`;
const isMedia2 = (request: string): boolean => request.includes("ver20/media");

const dateAndTime: Body = ({ tds, tt }, { nowMs }) => {
  const at = new Date(nowMs);
  return `<${tds}:GetSystemDateAndTimeResponse><${tds}:SystemDateAndTime><${tt}:DateTimeType>NTP</${tt}:DateTimeType><${tt}:DaylightSavings>false</${tt}:DaylightSavings><${tt}:TimeZone><${tt}:TZ>CST-8</${tt}:TZ></${tt}:TimeZone><${tt}:UTCDateTime><${tt}:Time><${tt}:Hour>${at.getUTCHours()}</${tt}:Hour><${tt}:Minute>${at.getUTCMinutes()}</${tt}:Minute><${tt}:Second>${at.getUTCSeconds()}</${tt}:Second></${tt}:Time><${tt}:Date><${tt}:Year>${at.getUTCFullYear()}</${tt}:Year><${tt}:Month>${at.getUTCMonth() + 1}</${tt}:Month><${tt}:Day>${at.getUTCDate()}</${tt}:Day></${tt}:Date></${tt}:UTCDateTime></${tds}:SystemDateAndTime></${tds}:GetSystemDateAndTimeResponse>`;
};

const services: Body = (shape, say) => {
  const one = (space: string, path: string): string =>
    `<${shape.tds}:Service><${shape.tds}:Namespace>${space}</${shape.tds}:Namespace><${shape.tds}:XAddr>${everywhere(say, path)}</${shape.tds}:XAddr><${shape.tds}:Version><${shape.tt}:Major>2</${shape.tt}:Major><${shape.tt}:Minor>60</${shape.tt}:Minor></${shape.tds}:Version></${shape.tds}:Service>`;
  return `<${shape.tds}:GetServicesResponse>${[
    one("http://www.axis.com/vapix/ws/action1", "/vapix/services"),
    one("http://www.onvif.org/ver10/device/wsdl", "/onvif/device_service"),
    one("http://www.onvif.org/ver10/media/wsdl", shape.mediaPath),
    shape.media2 ? one("http://www.onvif.org/ver20/media/wsdl", `${shape.mediaPath}2`) : "",
    one("http://www.onvif.org/ver10/events/wsdl", shape.eventPath),
  ].join("")}</${shape.tds}:GetServicesResponse>`;
};

const profiles: Body = ({ token, tt }, _say, request) => {
  const encoder = (codec: string, width: number, kbps: number): string =>
    `<${tt}:Name>enc</${tt}:Name><${tt}:Encoding>${codec}</${tt}:Encoding><${tt}:Resolution><${tt}:Width>${width}</${tt}:Width><${tt}:Height>${(width * 9) / 16}</${tt}:Height></${tt}:Resolution><${tt}:RateControl><${tt}:FrameRateLimit>25</${tt}:FrameRateLimit><${tt}:BitrateLimit>${kbps}</${tt}:BitrateLimit></${tt}:RateControl>`;
  const second = `${token}_sub`;
  if (isMedia2(request)) {
    const one = (name: string, codec: string, width: number, kbps: number): string =>
      `<tr2:Profiles token="${name}" fixed="true"><tr2:Name>${name}</tr2:Name><tr2:Configurations><tr2:VideoEncoder token="e" GovLength="50" Profile="Main">${encoder(codec, width, kbps)}</tr2:VideoEncoder></tr2:Configurations></tr2:Profiles>`;
    return `<tr2:GetProfilesResponse>${one(token, "H265", 2560, 4096)}${one(second, "H264", 640, 512)}</tr2:GetProfilesResponse>`;
  }
  const one = (name: string, width: number, kbps: number): string =>
    `<trt:Profiles fixed="true" token="${name}"><${tt}:Name>main &amp; &lt;1&gt;</${tt}:Name><${tt}:VideoEncoderConfiguration token="VE_1">${encoder("H264", width, kbps)}</${tt}:VideoEncoderConfiguration></trt:Profiles>`;
  const silent = `<trt:Profiles token="audio"><${tt}:Name>audio only</${tt}:Name></trt:Profiles>`;
  return `<trt:GetProfilesResponse>${one(token, 1920, 4096)}${silent}${one(second, 640, 512)}</trt:GetProfilesResponse>`;
};

const uri =
  (what: "Stream" | "Snapshot"): Body =>
  (shape, say, request) => {
    const said =
      what === "Stream" ? `${say.rtspOrigin}${shape.stream}` : first(say, shape.snapshot);
    return isMedia2(request)
      ? `<tr2:Get${what}UriResponse><tr2:Uri>${said}</tr2:Uri></tr2:Get${what}UriResponse>`
      : `<trt:Get${what}UriResponse><trt:MediaUri><${shape.tt}:Uri>${said}</${shape.tt}:Uri><${shape.tt}:InvalidAfterConnect>false</${shape.tt}:InvalidAfterConnect><${shape.tt}:Timeout>PT0S</${shape.tt}:Timeout></trt:MediaUri></trt:Get${what}UriResponse>`;
  };

const subscribed: Body = (shape, say) => {
  const address = first(say, shape.pullPath.replace("{}", String(say.subscription)));
  const id =
    say.make === "axis"
      ? `<wsa5:ReferenceParameters><dom0:SubscriptionId xmlns:dom0="http://www.axis.com/2009/event">${say.subscription}</dom0:SubscriptionId></wsa5:ReferenceParameters>`
      : "";
  return `<tev:CreatePullPointSubscriptionResponse><tev:SubscriptionReference><wsa5:Address>${address}</wsa5:Address>${id}</tev:SubscriptionReference>${times(say)}</tev:CreatePullPointSubscriptionResponse>`;
};

const times = ({ nowMs }: Saying): string =>
  `<wsnt:CurrentTime>${new Date(nowMs).toISOString()}</wsnt:CurrentTime><wsnt:TerminationTime>${new Date(nowMs + 120_000).toISOString()}</wsnt:TerminationTime>`;

const pulled: Body = ({ tt }, say) =>
  `<tev:PullMessagesResponse>${times(say)}${say.events
    .map(
      ({ topic, item, state }) =>
        `<wsnt:NotificationMessage><wsnt:Topic Dialect="http://www.onvif.org/ver10/tev/topicExpression/ConcreteSet">${topic}</wsnt:Topic><wsnt:Message><${tt}:Message UtcTime="${new Date(say.nowMs).toISOString()}" PropertyOperation="Changed"><${tt}:Source><${tt}:SimpleItem Name="VideoSourceConfigurationToken" Value="VideoSourceToken"/><${tt}:SimpleItem Value="MyRule" Name="Rule"/></${tt}:Source><${tt}:Data><${tt}:SimpleItem Name="${item}" Value="${state}"/></${tt}:Data></${tt}:Message></wsnt:Message></wsnt:NotificationMessage>`,
    )
    .join("")}</tev:PullMessagesResponse>`;

const bodies: Readonly<Record<string, Body>> = {
  GetSystemDateAndTime: dateAndTime,
  GetDeviceInformation: ({ tds, manufacturer, model, firmware, serial }) =>
    `<${tds}:GetDeviceInformationResponse><${tds}:Manufacturer>${manufacturer}</${tds}:Manufacturer><${tds}:Model>${model}</${tds}:Model><${tds}:FirmwareVersion>${firmware}</${tds}:FirmwareVersion><${tds}:SerialNumber>${serial}</${tds}:SerialNumber><${tds}:HardwareId>1.10</${tds}:HardwareId></${tds}:GetDeviceInformationResponse>`,
  GetServices: services,
  GetCapabilities: ({ tds, tt, mediaPath, eventPath }, say) =>
    `<${tds}:GetCapabilitiesResponse><${tds}:Capabilities><${tt}:Device><${tt}:XAddr>${everywhere(say, "/onvif/device_service")}</${tt}:XAddr></${tt}:Device><${tt}:Events><${tt}:XAddr>${everywhere(say, eventPath)}</${tt}:XAddr><${tt}:WSPullPointSupport>true</${tt}:WSPullPointSupport></${tt}:Events><${tt}:Media><${tt}:XAddr>${everywhere(say, mediaPath)}</${tt}:XAddr></${tt}:Media></${tds}:Capabilities></${tds}:GetCapabilitiesResponse>`,
  GetProfiles: profiles,
  GetStreamUri: uri("Stream"),
  GetSnapshotUri: uri("Snapshot"),
  CreatePullPointSubscription: subscribed,
  PullMessages: pulled,
  Renew: (_shape, say) => `<wsnt:RenewResponse>${times(say)}</wsnt:RenewResponse>`,
  Unsubscribe: () => "<wsnt:UnsubscribeResponse/>",
};
