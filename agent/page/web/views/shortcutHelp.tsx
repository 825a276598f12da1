/** Which keys do what, and the switch for people whose software types letters by itself. */

import type { VNode } from "preact";
import { t } from "../lang.ts";
import { Button } from "../parts/button.tsx";
import { Dialog } from "../parts/dialog.tsx";
import { isKeysOn, switchKeys } from "../shortcuts.ts";
import { alarmsWords } from "../words/alarms.ts";

const keys = [
  ["A", alarmsWords.keyAck],
  ["S", alarmsWords.keyShelve],
  ["↑ ↓", alarmsWords.keyMove],
  ["␣", alarmsWords.keySelect],
  ["?", alarmsWords.keyHelp],
] as const;

export function ShortcutHelp({ onClose }: { readonly onClose: () => void }): VNode {
  return (
    <Dialog title={t(alarmsWords.help)} onClose={onClose}>
      <ul class="keys">
        {keys.map(([key, word]) => (
          <li key={key}>
            <kbd class="keycap">{key}</kbd> {t(word)}
          </li>
        ))}
      </ul>
      <Button isPressed={isKeysOn.value} onPress={switchKeys}>
        {t(isKeysOn.value ? alarmsWords.keysOn : alarmsWords.keysOff)}
      </Button>
    </Dialog>
  );
}
