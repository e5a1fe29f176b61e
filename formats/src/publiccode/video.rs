//! Addresses of videos: the standard asks for a host that offers oEmbed, so that a catalogue can show the video.

/// Hosts that offer oEmbed, each with the beginnings of the paths under which they do.
///
/// `*` at the beginning of a host stands for any subdomain and for none.
const HOSTS: &[(&str, &[&str])] = &[
    (
        "*youtube.com",
        &["/watch", "/v/", "/playlist", "/shorts/", "/live/", "/embed/"],
    ),
    ("youtu.be", &["/"]),
    ("vimeo.com", &["/"]),
    ("player.vimeo.com", &["/video/"]),
    ("*dailymotion.com", &["/video/"]),
    ("dai.ly", &["/"]),
    ("*ted.com", &["/talks/"]),
    ("*loom.com", &["/share/", "/i/"]),
    ("*wistia.com", &["/medias/", "/embed/"]),
    ("*slideshare.net", &["/"]),
    ("speakerdeck.com", &["/"]),
    ("*soundcloud.com", &["/"]),
    ("*flickr.com", &["/photos/"]),
    ("flic.kr", &["/"]),
    ("*facebook.com", &["/watch", "/video.php"]),
    ("*tiktok.com", &["/@"]),
    ("*twitch.tv", &["/"]),
    ("asciinema.org", &["/a/"]),
    ("*microsoftstream.com", &["/video/"]),
    ("*screencast.com", &["/"]),
    ("rumble.com", &["/"]),
    ("*streamable.com", &["/"]),
    ("*vidyard.com", &["/watch/", "/share/"]),
    ("*panopto.com", &["/Panopto/"]),
    ("*panopto.eu", &["/Panopto/"]),
];

/// Whether a catalogue can embed the video at this address.
pub(super) fn can_be_embedded(url: &str) -> bool {
    let Some(uri) = super::uri::Uri::parse(url) else {
        return false;
    };
    let host = uri.host.to_ascii_lowercase();
    HOSTS.iter().any(|(pattern, paths)| {
        let host_fits = match pattern.strip_prefix('*') {
            None => host == *pattern,
            Some(domain) => host
                .strip_suffix(domain)
                .is_some_and(|before| before.is_empty() || before.ends_with('.')),
        };
        let names_something = |start: &&&str| {
            uri.path
                .strip_prefix(**start)
                .is_some_and(|rest| !(start.ends_with('/') && rest.is_empty()))
        };
        host_fits && paths.iter().any(|start| names_something(&start))
    })
}

#[cfg(test)]
mod tests {
    use super::can_be_embedded;

    #[test]
    fn a_video_page_can_be_embedded() {
        for url in [
            "https://www.youtube.com/watch?v=59SAgrY_Hoo",
            "https://youtu.be/3KC0ZdcA6s8",
            "https://vimeo.com/76979871",
            "https://www.dailymotion.com/video/x7tgad0",
        ] {
            assert!(can_be_embedded(url), "{url}");
        }
    }

    #[test]
    fn other_pages_cannot() {
        for url in [
            "https://youtube.com/xxxxxxxx",
            "https://google.com/",
            "https://youtu.be/",
            "https://notyoutube.com/watch?v=1",
        ] {
            assert!(!can_be_embedded(url), "{url}");
        }
    }
}
