/** The bar under a film: playing, the position, sound, captions, quality, speed and the whole screen. */
import type { CSSProperties, ReactNode } from "react";
import { Button } from "react-aria-components";
import type { Choices, Engine } from "@/media/player/engine";
import { SeekBar } from "@/media/player/SeekBar";
import type { Playback } from "@/media/player/usePlayback";
import { media as mediaWords } from "@/text/media";
import { previews } from "@/text/previews";
import { IconButton } from "@/ui/Button";
import { formatClock } from "@/ui/format";
import { Icon, type IconName } from "@/ui/Icon";
import { Menu } from "@/ui/Menu";
import type { MenuItem } from "@/ui/menu-items";

const words = mediaWords.player;
const SPEEDS = [0.5, 0.75, 1, 1.25, 1.5, 2];

export interface ControlsProps {
  video: HTMLVideoElement | null;
  engine: Engine | null;
  sprites: string | null;
  playback: Playback;
  choices: Choices;
  duration: number;
  onSeek: (seconds: number) => void;
  isFull: boolean;
  onToggle: () => void;
  onFull: () => void;
}

export function Controls(props: ControlsProps) {
  const { video, engine, sprites, playback, choices, duration, isFull } = props;
  const act = (change: (media: HTMLVideoElement) => void) => () => video && change(video);
  return (
    <div className="player-bar">
      <SeekBar
        time={playback.time}
        duration={duration}
        buffered={playback.buffered}
        sprites={sprites}
        onSeek={props.onSeek}
      />
      <div className="player-row">
        <IconButton icon={playback.paused ? "play" : "pause"} filled={playback.paused} label={playback.paused ? words.play : words.pause} shortcut="K" onPress={props.onToggle} />
        <Sound video={video} playback={playback} />
        <span className="player-time tabular">{duration > 0 ? `${formatClock(playback.time)} / ${formatClock(duration)}` : formatClock(playback.time)}</span>
        <span className="player-space" />
        {choices.captions.length > 0 && (
          <Choice icon="captions" title={words.captions} isOn={choices.caption >= 0} items={captionItems(choices, engine)} />
        )}
        {choices.sounds.length > 1 && (
          <Choice icon="audio" title={words.sound} items={choices.sounds.map(({ id, name }) => item(id, name, id === choices.sound, () => engine?.chooseSound(id)))} />
        )}
        {choices.qualities.length > 1 && <Choice icon="quality" title={words.quality} items={qualityItems(choices, engine)} />}
        <Choice
          title={previews.speed}
          items={SPEEDS.map((rate) => item(rate, previews.speedOf(rate), rate === playback.rate, act((media) => (media.playbackRate = rate))))}
        >
          {previews.speedOf(playback.rate)}
        </Choice>
        <IconButton icon={isFull ? "unfit" : "fit"} label={isFull ? words.windowed : words.fullscreen} shortcut="F" onPress={props.onFull} />
      </div>
    </div>
  );
}

function Sound({ video, playback }: Pick<ControlsProps, "video" | "playback">) {
  const isSilent = playback.muted || playback.volume === 0;
  return (
    <div className="player-sound">
      <IconButton
        icon={isSilent ? "muted" : "volume"}
        label={isSilent ? words.unmute : words.mute}
        shortcut="M"
        onPress={() => {
          if (!video) return;
          video.muted = !isSilent;
          if (isSilent && video.volume === 0) video.volume = 1;
        }}
      />
      <input
        type="range"
        min={0}
        max={1}
        step={0.05}
        value={isSilent ? 0 : playback.volume}
        aria-label={words.volume}
        style={{ "--level": `${isSilent ? 0 : 100 * playback.volume}%` } as CSSProperties}
        onChange={(event) => {
          if (!video) return;
          video.volume = Number(event.target.value);
          video.muted = video.volume === 0;
        }}
      />
    </div>
  );
}

interface ChoiceProps {
  title: string;
  items: MenuItem[];
  icon?: IconName;
  isOn?: boolean;
  children?: ReactNode;
}

function Choice({ title, items, icon, isOn = false, children }: ChoiceProps) {
  return (
    <Menu label={title} groups={[{ id: title, title, items }]}>
      <Button className={isOn ? "icon-button player-choice pressed" : "icon-button player-choice"} aria-label={title}>
        {icon && <Icon name={icon} size={18} />}
        {children && <span className="tabular">{children}</span>}
      </Button>
    </Menu>
  );
}

function item(id: string | number, label: string, checked: boolean, onAction: () => void): MenuItem {
  return { id: String(id), label, checked, onAction };
}

function captionItems({ captions, caption }: Choices, engine: Engine | null): MenuItem[] {
  const named = captions.map(({ id, name }) => item(id, name, id === caption, () => engine?.chooseCaption(id)));
  return [item("off", words.captionsOff, caption < 0, () => engine?.chooseCaption(-1)), ...named];
}

function qualityItems({ qualities, quality, lines }: Choices, engine: Engine | null): MenuItem[] {
  const isAutomatic = quality < 0;
  const automatic = isAutomatic && lines > 0 ? words.qualityNow(words.qualityOf(lines)) : words.qualityAuto;
  return [
    item("auto", automatic, isAutomatic, () => engine?.chooseQuality(-1)),
    ...qualities.map(({ lines: of, level }) => item(level, words.qualityOf(of), !isAutomatic && level === quality, () => engine?.chooseQuality(level))),
  ];
}
