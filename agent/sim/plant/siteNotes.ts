/** The comments of the plant's site file: what an installer should learn where. Texts only. */

import type { Words } from "./tankFarm.ts";

export const siteNotes = {
  head: {
    zh: "模拟罐区的站点文件：由 hazgate 自动写出，每次启动都会重写。要修改请先复制一份。\n检查：hazgate check --config 本文件    运行：hazgate run --config 本文件",
    en: "Site file of the simulated tank farm: written by hazgate, anew at every start. Copy it before you change it.\nJudge it: hazgate check --config FILE    Run it: hazgate run --config FILE",
  },
  cameras: {
    zh: "摄像机：tanks 写它看得见的储罐，报警时留下这些摄像机的画面。真实的摄像机另写 username 和 passwordFile。",
    en: "Cameras: `tanks` names the tanks it sees; at an alarm its pictures are kept. Real ones have username and passwordFile too.",
  },
  buses: {
    zh: "总线：一条线路一项。TCP写主机和端口；串口最好写 /dev/serial/by-id/... 的固定名字。\n网关后面的串口：baud 是网关串口侧的波特率；timeout 要比网关自己等待从站的时间长。",
    en: "Buses: one entry for each line. TCP has host and port; a serial port is best named as /dev/serial/by-id/...\nA serial line behind a gateway: baud is that of its serial side; timeout is longer than the gateway itself waits for a unit.",
  },
  devices: {
    zh: "设备：挂在总线上的从站，unit 是从站地址。\nmaxRegisters：一次最多读几个寄存器；holes：不能读的地址段（读了会被拒绝）。",
    en: "Devices: slaves on a bus, by unit address.\nmaxRegisters: most registers in one request; holes: address ranges that refuse to be read.",
  },
  points: {
    zh: "测点：位号、寄存器、量程、上报方式、报警限。地址从0开始，与报文一致；\n也可以写说明书上的编号，如 modicon: 40001。report 只影响存储，报警总是看每次采样。",
    en: "Points: tag, register, range, reporting, limits. Addresses count from 0, as on the wire;\nthe number of a manual works as well, as in modicon: 40001. `report` thins out records only: alarms see every sample.",
  },
  "LT-101": {
    zh: "液位：两个寄存器组成一个浮点数，ABCD即高字在前；状态字第0位置1表示仪表故障。\n限值必须满足 ll < l < h < hh 且在量程内。",
    en: "Level: two registers form a float, ABCD has the high word first; bit 0 of the status word means that the gauge is faulty.\nLimits must obey ll < l < h < hh within the range.",
  },
  "GD-101": {
    zh: "可燃气体：GB/T 50493 一级不高于25%LEL，二级不高于50%LEL；没有延时。每次采样都存（没有report）。\n寄存器值除以10；状态为2表示探测器故障，此时没有数值。",
    en: "Combustible gas: GB/T 50493 wants level 1 at most 25 %LEL, level 2 at most 50 %LEL; no delay. Every sample is a record (no report).\nThe register holds tenths; state 2 means a faulty detector: no value then.",
  },
  "GT-101": {
    zh: "有毒气体：一级为职业接触限值，二级为其两倍。小数位数由设备自己在寄存器1给出。",
    en: "Toxic gas: level 1 at the exposure limit, level 2 at twice that. The device itself tells the decimals in register 1.",
  },
  "LSH-101": {
    zh: "开关量：离散输入，0或1；h: 0.5 表示为1时报警。",
    en: "A switch: discrete input, 0 or 1; h: 0.5 means an alarm while it is 1.",
  },
  "LT-103": {
    zh: "字序：这台集中器低字在前（CDAB）。字序不对时数值会大得离谱或接近0。",
    en: "Word order: this concentrator sends the low word first (CDAB). With the wrong order a value is absurdly large or almost 0.",
  },
  "LT-105": {
    zh: "整数加比例：int32，单位0.1mm。",
    en: "An integer with a factor: int32 in tenths of a millimetre.",
  },
  "TT-106": {
    zh: "哨兵值：0x7FFF（32767）表示没有测量值，不是温度。",
    en: "A sentinel: 0x7FFF (32767) means that there is no measurement; it is no temperature.",
  },
  "FT-201": {
    zh: "4-20mA：loop 给出4mA和20mA时的原始值；低于3.6mA为断线，高于21mA为短路，均无数值。",
    en: "4-20 mA: `loop` gives the raw counts at 4 and at 20 mA; below 3.6 mA is a broken loop, above 21 mA a short one: no value.",
  },
  "FQ-201": {
    zh: "BCD码：每半个字节是一位十进制数。",
    en: "BCD: every half byte is one decimal digit.",
  },
  tanks: {
    zh: "储罐：介质、CAS号、容积（m3）和它的测点。",
    en: "Tanks: medium, CAS number, capacity (m3) and their points.",
  },
  rules: {
    zh: "多测点规则：用 hazgate alarm test 以给定或记录的数值试验。",
    en: "Rules over several points: try them by `hazgate alarm test` with given or recorded values.",
  },
  leak: {
    zh: "泄漏印证：旁边有气体，同时液位在下降。装车时软管破裂也算，所以不写 unless。",
    en: "A corroborated leak: gas nearby while the level falls. A hose that bursts while loading counts too: no `unless`.",
  },
  drop: {
    zh: "液位不明下降：装车泵运行、或有人在页面上申报收发作业时，下降有原因。\n多罐共用一台泵时，泵运行会解释所有罐的下降：真实现场宜用各罐出口阀的状态。",
    en: "An unexplained fall: the running loading pump explains it, and so does a transfer that somebody declares on the page.\nOne pump for all tanks explains the fall of each: a real plant had better use the state of each outlet valve.",
  },
  vote: {
    zh: "三取二：指出与另外两个不一致的那一个。试试 start frozen-sensor LT-105B。",
    en: "Two out of three: names the one that disagrees. Try `start frozen-sensor LT-105B`.",
  },
  uplinks: {
    zh: "上行：ack: platform 表示只有平台确认入库才算送达；broker 的 PUBACK 不等于存储。",
    en: "Uplinks: with ack: platform a record counts as delivered only when the platform says that it holds it; a broker's PUBACK is no storage.",
  },
  journal: {
    zh: "本地日志：大小上限和保存天数（法规要求至少30天）。",
    en: "The journal on this box: largest size, and how long readings are kept (the law asks for 30 days at least).",
  },
  page: {
    zh: "本机页面：只在本机访问用 127.0.0.1；给厂内网络用 0.0.0.0:8080。",
    en: "The page on the box: 127.0.0.1 for this machine alone, 0.0.0.0:8080 for the plant's network.",
  },
} as const satisfies Readonly<Record<string, Words>>;
