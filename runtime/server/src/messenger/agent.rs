//! What a browser says of itself, as far as anybody cares.

/// The browser's and the operating system's name out of a `User-Agent`.
pub(super) fn names(agent: &str) -> (Option<String>, Option<String>) {
    // Most browsers name their ancestors too; whoever is asked first is the youngest.
    let browsers = [
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("SamsungBrowser/", "Samsung Internet"),
        ("Firefox/", "Firefox"),
        ("FxiOS/", "Firefox"),
        ("CriOS/", "Chrome"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ];
    let systems = [
        ("Android", "Android"),
        ("iPhone", "iOS"),
        ("iPad", "iOS"),
        ("Windows", "Windows"),
        ("CrOS", "ChromeOS"),
        ("Mac OS X", "macOS"),
        ("Linux", "Linux"),
    ];
    let known = |table: &[(&str, &str)]| {
        table.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| (*name).to_owned())
    };
    (known(&browsers), known(&systems))
}

#[cfg(test)]
mod tests {
    use super::names;

    #[test]
    fn the_youngest_name_counts() {
        let edge = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36 Edg/130.0";
        assert_eq!(names(edge), (Some("Edge".into()), Some("Windows".into())));
        let phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1";
        assert_eq!(names(phone), (Some("Safari".into()), Some("iOS".into())));
        assert_eq!(names("curl/8"), (None, None));
    }
}
