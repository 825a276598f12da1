/** Words of the camera room, which stands empty until cameras can be configured. */

export const camerasWords = {
  title: { zh: "视频", en: "Cameras" },
  none: { zh: "尚未配置摄像机。", en: "No camera is configured." },
  now: {
    zh: "因此本页没有画面, 也不放示意图: 看不到的, 就不显示。",
    en: "So there is no picture here, and no stand-in for one: what is not seen is not shown.",
  },
  later: { zh: "配置后, 这里将有:", en: "Once configured, this page will hold:" },
  list: [
    {
      zh: "每台摄像机的最新画面, 并标明画面时间; 画面过旧即加灰幕",
      en: "the newest picture of each camera with its age; an old one goes under a grey veil",
    },
    {
      zh: "摄像机是否真正在线: 可达、已授权、时间准确、画面在变化",
      en: "proof that each camera lives: reachable, authorised, on time, its picture moving",
    },
    {
      zh: "报警前后留存的画面",
      en: "the pictures kept from before and after an alarm",
    },
  ],
} as const;
