/** Buttons: with words, or with an icon alone and a tooltip that names it. */
import type { ReactNode } from "react";
import { Button as AriaButton, type ButtonProps as AriaProps, Tooltip, TooltipTrigger } from "react-aria-components";
import { Icon, type IconName } from "@/ui/Icon";
import "@/ui/button.css";

type Variant = "primary" | "secondary" | "quiet" | "danger";

interface ButtonProps extends Omit<AriaProps, "className" | "children"> {
  variant?: Variant;
  icon?: IconName;
  className?: string;
  children: ReactNode;
}

export function Button({ variant = "secondary", icon, className = "", children, ...rest }: ButtonProps) {
  return (
    <AriaButton className={`button ${variant} ${className}`} {...rest}>
      {icon && <Icon name={icon} size={18} />}
      <span className="button-label">{children}</span>
    </AriaButton>
  );
}

interface IconButtonProps extends Omit<AriaProps, "className" | "children" | "aria-label"> {
  icon: IconName;
  label: string;
  filled?: boolean;
  size?: number;
  className?: string;
  /** Shows the state of a toggle. */
  pressed?: boolean;
  shortcut?: string;
}

export function IconButton({ icon, label, filled = false, size = 18, className = "", pressed, shortcut, ...rest }: IconButtonProps) {
  return (
    <TooltipTrigger delay={600} closeDelay={0}>
      <AriaButton
        className={`icon-button ${pressed ? "pressed" : ""} ${className}`}
        aria-label={label}
        {...(pressed === undefined ? {} : { "aria-pressed": pressed })}
        {...rest}
      >
        <Icon name={icon} size={size} filled={filled} />
      </AriaButton>
      <Tooltip className="tooltip" offset={6}>
        {label}
        {shortcut && <kbd>{shortcut}</kbd>}
      </Tooltip>
    </TooltipTrigger>
  );
}
