//! What a browser says of itself, as far as anybody cares: a name for the one who reads the
//! conversation, and nothing that a decision about safety may hang on.
//!
//! A small table of our own: the crates that parse user agents bring a table of some thousand
//! devices, years old or of 200 kB, to tell the eight browsers and seven systems of a chat apart.

use axum::http::HeaderMap;

/// What a browser says of itself.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Agent {
    /// `Firefox`.
    pub(super) browser: Option<String>,
    /// Its main version, `130`.
    pub(super) version: Option<String>,
    /// `Windows`.
    pub(super) os: Option<String>,
}

/// Most browsers name their ancestors too; whoever is asked first is the youngest. The mark behind
/// which the version stands, where that is another one.
const BROWSERS: [(&str, &str); 8] = [
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
];

/// Brands as client hints name them.
const BRANDS: [(&str, &str); 5] = [
    ("Microsoft Edge", "Edge"),
    ("Opera", "Opera"),
    ("Samsung Internet", "Samsung Internet"),
    ("Google Chrome", "Chrome"),
    ("Chromium", "Chrome"),
];

const SYSTEMS: [(&str, &str); 7] = [
    ("Android", "Android"),
    ("iPhone", "iOS"),
    ("iPad", "iOS"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
];

/// Systems as client hints name them, where their name is not the usual one.
const PLATFORMS: [(&str, &str); 6] = [
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("macOS", "macOS"),
    ("Linux", "Linux"),
    ("Chrome OS", "ChromeOS"),
    ("iOS", "iOS"),
];

impl Agent {
    /// Out of the client hints that Chromium sends unasked, and of the `User-Agent` for the rest.
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let header = |name| headers.get(name).and_then(|value| value.to_str().ok());
        let said = Self::of_user_agent(header("user-agent").unwrap_or_default());
        let hinted = header("sec-ch-ua").and_then(brand);
        let platform = header("sec-ch-ua-platform").and_then(|platform| {
            let platform = platform.trim().trim_matches('"');
            known(&PLATFORMS, |name| name == platform)
        });
        let (browser, version) = match hinted {
            Some((browser, version)) => (Some(browser.to_owned()), version),
            None => (said.browser, said.version),
        };
        Self { browser, version, os: platform.map(str::to_owned).or(said.os) }
    }

    fn of_user_agent(agent: &str) -> Self {
        let found = BROWSERS.iter().find(|(mark, _)| agent.contains(mark));
        let version = found.and_then(|(mark, name)| {
            // Safari's own number is that of its engine.
            let mark = if *name == "Safari" { "Version/" } else { mark };
            let behind = agent.split_once(mark)?.1;
            main_version(behind.trim_start_matches(|c: char| c.is_ascii_alphabetic() || c == '/'))
        });
        Self {
            browser: found.map(|(_, name)| (*name).to_owned()),
            version,
            os: known(&SYSTEMS, |mark| agent.contains(mark)).map(str::to_owned),
        }
    }
}

fn known(
    table: &[(&'static str, &'static str)],
    fits: impl Fn(&str) -> bool,
) -> Option<&'static str> {
    table.iter().find(|(mark, _)| fits(mark)).map(|(_, name)| *name)
}

/// The youngest brand of `"Chromium";v="130", "Google Chrome";v="130", "Not?A_Brand";v="99"`.
fn brand(hint: &str) -> Option<(&'static str, Option<String>)> {
    BRANDS.iter().find_map(|(brand, name)| {
        let behind = hint.split_once(&format!("\"{brand}\""))?.1;
        let version = behind.strip_prefix(";v=\"").and_then(main_version);
        Some((*name, version))
    })
}

/// The digits at the beginning, as many as a version may have.
fn main_version(text: &str) -> Option<String> {
    let digits: String = text.chars().take_while(char::is_ascii_digit).take(6).collect();
    (!digits.is_empty()).then_some(digits)
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderName, HeaderValue};

    use super::Agent;

    fn read(headers: &[(&'static str, &'static str)]) -> String {
        let headers: HeaderMap = headers
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
            .collect();
        let Agent { browser, version, os } = Agent::of(&headers);
        [browser, version, os].map(|part| part.unwrap_or_else(|| "-".to_owned())).join(" ")
    }

    #[test]
    fn the_youngest_name_counts() {
        let agents = [
            (
                "Edge 130 Windows",
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/129.0 Safari/537.36 Edg/130.0",
            ),
            (
                "Edge 131 Android",
                "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/129.0 Mobile Safari/537.36 EdgA/131.0",
            ),
            (
                "Safari 18 iOS",
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1",
            ),
            (
                "Firefox 132 Linux",
                "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0",
            ),
            ("- - -", "curl/8"),
            ("- - -", ""),
            ("Chrome - -", "Chrome/"),
        ];
        for (expected, agent) in agents {
            assert_eq!(read(&[("user-agent", agent)]), expected);
        }
    }

    #[test]
    fn hints_count_before_the_user_agent() {
        let agent =
            ("user-agent", "Mozilla/5.0 (X11; Linux x86_64) Chrome/130.0.0.0 Safari/537.36");
        let brands =
            "\"Chromium\";v=\"130\", \"Microsoft Edge\";v=\"131\", \"Not?A_Brand\";v=\"99\"";
        let hints = [agent, ("sec-ch-ua", brands), ("sec-ch-ua-platform", "\"Chrome OS\"")];
        assert_eq!(read(&hints), "Edge 131 ChromeOS");
        let strange = [agent, ("sec-ch-ua", "\"Nobody\""), ("sec-ch-ua-platform", "\"Nowhere\"")];
        assert_eq!(read(&strange), "Chrome 130 Linux");
    }
}
