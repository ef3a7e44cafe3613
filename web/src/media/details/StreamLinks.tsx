/** The ways by which other players come to a stream. */
import { Button } from "react-aria-components";
import { getPlaybackToken, type StreamFacts } from "@/api/media";
import { copyText } from "@/drive/actions/downloading";
import { besideMaster } from "@/media/player/stream";
import { media as words } from "@/text/media";
import { Icon } from "@/ui/Icon";
import { Menu } from "@/ui/Menu";
import type { MenuItem } from "@/ui/menu-items";
import { reportError } from "@/ui/reportError";

interface StreamLinksProps {
  hash: string;
  hls: string;
  facts: StreamFacts | null;
}

export function StreamLinks({ hash, hls, facts }: StreamLinksProps) {
  const { streaming } = facts ?? {};
  const copy = (url: string) => () => void copyText(url, words.linkCopied);
  const copyToken = () => {
    getPlaybackToken(hash).then((token) => copyText(token, words.tokenCopied), reportError);
  };
  const dash = streaming ? besideMaster(streaming.dash_manifest, streaming.master_playlist, hls) : null;
  const items: MenuItem[] = [
    { id: "hls", label: words.copyHls, icon: "link", onAction: copy(hls) },
    ...(dash === null ? [] : [{ id: "dash", label: words.copyDash, icon: "link" as const, onAction: copy(dash) }]),
    ...(streaming?.encrypted ? [{ id: "token", label: words.copyToken, icon: "lock" as const, onAction: copyToken }] : []),
  ];
  return (
    <Menu label={words.streamLinks} groups={[{ id: "links", items }]}>
      <Button className="icon-button small" aria-label={words.streamLinks}>
        <Icon name="link" size={16} />
      </Button>
    </Menu>
  );
}
