/** Imports point one way: config <- drivers <- agent; stages of the agent never import one another. */

const stages =
  "acquire|normalise|evaluate|alarms|store|forward|watch|timekeeping|announce|evidence|page/server|page/reports";

/** Only these folders may import this package. */
function only(packages, folders) {
  return {
    name: `${packages.replaceAll("|", "-or-")}-only-in-its-room`,
    severity: "error",
    from: { path: "^(agent|drivers|config)/", pathNot: folders.map((folder) => `^${folder}`) },
    to: { path: `node_modules/(${packages})/` },
  };
}

export default {
  forbidden: [
    { name: "no-cycles", severity: "error", from: {}, to: { circular: true } },
    {
      name: "config-stands-alone",
      severity: "error",
      from: { path: "^config/" },
      to: { path: "^(drivers|agent|test)/" },
    },
    {
      name: "drivers-know-config-only",
      severity: "error",
      from: { path: "^drivers/" },
      to: { path: "^(agent|test)/" },
    },
    {
      name: "nothing-sees-test",
      severity: "error",
      from: { path: "^(agent|drivers|config)/" },
      to: { path: "^test/" },
    },
    {
      name: "stages-do-not-know-one-another",
      severity: "error",
      from: { path: `^agent/(${stages})/` },
      to: { path: `^agent/(${stages})/`, pathNot: "^agent/$1/" },
    },
    {
      name: "the-browser-gets-types-and-words-only",
      severity: "error",
      from: { path: "^agent/page/web/" },
      to: {
        path: "^(agent|drivers|config)/",
        pathNot: "^agent/page/(web|protocol)/|^agent/(records|alarmRecords).ts|^config/words/",
      },
    },
    {
      name: "nobody-but-the-browser-sees-its-code",
      severity: "error",
      from: { path: "^(agent|drivers|config)/", pathNot: "^agent/page/web/" },
      to: { path: "^agent/page/web/" },
    },
    {
      name: "wire-and-records-know-no-stage",
      severity: "error",
      from: { path: "^agent/(wire/|records.ts|alarmRecords.ts|pointList.ts)" },
      to: { path: `^agent/(${stages}|sim|commands)/` },
    },
    {
      name: "the-agent-does-not-know-the-simulation",
      severity: "error",
      from: { path: `^agent/(${stages}|wire|compose.ts|pipeline.ts)` },
      to: { path: "^agent/(sim|commands)/" },
    },
    {
      name: "pure-parts-touch-no-machine",
      severity: "error",
      from: {
        path: "^agent/(evaluate|alarms|normalise|acquire)/|^agent/forward/sendOrder.ts|^drivers/modbus/(registers|requestPlan)",
      },
      to: { dependencyTypes: ["core", "npm", "npm-dev", "npm-optional"] },
    },
    only("fastify|@fastify/[a-z-]+", ["agent/page/server/"]),
    only("preact|@preact/signals|uplot|vite", ["agent/page/web/"]),
    only("read-excel-file|write-excel-file", ["agent/install/"]),
    only("pdfkit", ["agent/page/reports/"]),
    only("better-sqlite3", ["agent/store/", "agent/sim/"]),
    only("mqtt", ["agent/forward/", "agent/sim/"]),
    only("aedes|@lydell/node-pty", ["agent/sim/"]),
    only("serialport|modbus-serial", ["drivers/lines/", "drivers/modbus/"]),
    only("node-onvif|onvif", ["drivers/cameras/onvif/"]),
    only("mediabunny", ["agent/cameras/"]),
    only("commander", ["agent/main.ts", "agent/cli/"]),
    {
      name: "no-dev-packages",
      severity: "error",
      // The browser's side is built beforehand: what it needs is inside the bundle.
      from: { path: "^(agent|drivers|config)/", pathNot: "^agent/page/web/" },
      to: { dependencyTypes: ["npm-dev"] },
    },
    { name: "no-unresolved", severity: "error", from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    // The page as it is built for the browser: its source is checked.
    exclude: { path: "^agent/page/built/" },
    tsConfig: { fileName: "tsconfig.json" },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "node", "types", "default"],
    },
  },
};
