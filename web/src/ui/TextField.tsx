/** A labelled line of text with its error beneath. */
import { useEffect, useRef } from "react";
import { FieldError, Input, Label, TextField as AriaTextField } from "react-aria-components";
import "@/ui/fields.css";

interface TextFieldProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  error?: string | null;
  placeholder?: string;
  autoFocus?: boolean;
  /** Selects the text when the field appears. */
  selected?: boolean;
  type?: "text" | "password";
  autoComplete?: string;
}

export function TextField({ label, value, onChange, error, placeholder, autoFocus, selected, type = "text", autoComplete = "off" }: TextFieldProps) {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (selected) input.current?.select();
  }, [selected]);
  return (
    <AriaTextField
      className="field"
      value={value}
      onChange={onChange}
      isInvalid={Boolean(error)}
      type={type}
      autoComplete={autoComplete}
      {...(autoFocus ? { autoFocus } : {})}
    >
      <Label>{label}</Label>
      <Input ref={input} className="input" spellCheck="false" {...(placeholder ? { placeholder } : {})} />
      <FieldError className="field-error">{error}</FieldError>
    </AriaTextField>
  );
}
