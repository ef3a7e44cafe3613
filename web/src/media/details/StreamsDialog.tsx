/** How streams are to be made. */
import { useState } from "react";
import { text } from "@/text";
import { media as mediaWords } from "@/text/media";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import "@/ui/fields.css";

export interface StreamWish {
  encrypt: boolean;
  /** H.264 alone. */
  isQuick: boolean;
}

const words = mediaWords.streamsDialog;

export function StreamsDialog({ onDone }: { onDone: (wish: StreamWish | null) => void }) {
  const [encrypt, setEncrypt] = useState(false);
  const [isQuick, setQuick] = useState(false);
  return (
    <Dialog
      title={words.title}
      onClose={() => onDone(null)}
      actions={
        <>
          <Button variant="quiet" onPress={() => onDone(null)}>{text.cancel}</Button>
          <Button variant="primary" autoFocus onPress={() => onDone({ encrypt, isQuick })}>{words.confirm}</Button>
        </>
      }
    >
      <p className="muted">{words.hint}</p>
      <Switch label={words.encrypt} hint={words.encryptHint} isOn={encrypt} onChange={setEncrypt} />
      <Switch label={words.quick} hint={words.quickHint} isOn={isQuick} onChange={setQuick} />
    </Dialog>
  );
}

interface SwitchProps {
  label: string;
  hint: string;
  isOn: boolean;
  onChange: (isOn: boolean) => void;
}

function Switch({ label, hint, isOn, onChange }: SwitchProps) {
  return (
    <div className="media-switch">
      <label className="checkbox">
        <input type="checkbox" checked={isOn} onChange={(event) => onChange(event.target.checked)} />
        {label}
      </label>
      <p className="muted">{hint}</p>
    </div>
  );
}
