/** Opens the pictures that belong to an alarm: of the cameras that see its tank or its point. */

import type { VNode } from "preact";
import { useState } from "preact/hooks";
import type { AlarmView } from "../../protocol/alarms.ts";
import type { SiteView } from "../../protocol/site.ts";
import { t } from "../lang.ts";
import { lazyView } from "../lazyView.tsx";
import { site } from "../live.ts";
import { evidenceWords } from "../words/cameras.ts";
import { Button } from "./button.tsx";

const EvidenceDialog = lazyView(() =>
  import("./evidenceDialog.tsx").then((code) => code.EvidenceDialog),
);

/** Nothing where no camera sees it. */
export function EvidenceButton({ alarm }: { readonly alarm: AlarmView }): VNode | null {
  const [isOpen, setOpen] = useState(false);
  const cameras = camerasOf(alarm, site.value);
  if (cameras.length === 0) return null;
  return (
    <>
      <Button kind="plain" onPress={() => setOpen(true)}>
        {t(evidenceWords.open)}
      </Button>
      {isOpen && <EvidenceDialog alarm={alarm} cameras={cameras} onClose={() => setOpen(false)} />}
    </>
  );
}

function camerasOf(
  { source, tank }: Pick<AlarmView, "source" | "tank">,
  plant: SiteView | null,
): SiteView["cameras"] {
  return (plant?.cameras ?? []).filter(
    ({ id, tanks, points }) =>
      source === `camera/${id}` ||
      points.includes(source) ||
      (tank !== null && tanks.includes(tank)),
  );
}
