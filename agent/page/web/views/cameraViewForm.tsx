/** "The view is right as it is": said of one camera, with a reason. */

import type { VNode } from "preact";
import { useState } from "preact/hooks";
import type { ViewRequest } from "../../protocol/cameras.ts";
import { post, type Trouble } from "../api.ts";
import { t } from "../lang.ts";
import { Button } from "../parts/button.tsx";
import { TextField } from "../parts/textField.tsx";
import { camerasWords } from "../words/cameras.ts";

interface CameraViewFormProps {
  readonly camera: string;
}

type Said = "nothing" | "sent" | "taken" | Trouble;

export function CameraViewForm({ camera }: CameraViewFormProps): VNode {
  const [reason, setReason] = useState("");
  const [said, setSaid] = useState<Said>("nothing");
  const send = async (): Promise<void> => {
    setSaid("sent");
    const request: ViewRequest = { reason: reason.trim() };
    const path = `/api/cameras/${encodeURIComponent(camera)}/view`;
    const answer = await post<unknown>(path, request);
    setSaid(answer.ok ? "taken" : answer.error);
    if (answer.ok) setReason("");
  };
  return (
    <form
      class="camera-view-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (said !== "sent") void send();
      }}
    >
      <p class="quiet">{t(camerasWords.viewHint)}</p>
      <TextField
        label={t(camerasWords.viewReason)}
        value={reason}
        onText={setReason}
        isRequired={true}
      />
      <Button type="submit">{t(camerasWords.viewRight)}</Button>
      {said === "taken" && <p role="status">{t(camerasWords.viewLearning)}</p>}
      {typeof said === "object" && (
        <p class="message" role="alert">
          {t(said)}
        </p>
      )}
    </form>
  );
}
