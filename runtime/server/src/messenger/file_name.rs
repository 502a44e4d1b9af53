//! A file's name as agents may see it.

use axum::http::{HeaderMap, header};
use percent_encoding::percent_decode_str;

use super::file_kind::Kind;

/// Bytes at most, which Salesforce and file systems take.
const LONGEST: usize = 255 - KEY;
/// Room for what tells two attempts apart.
const KEY: usize = 40;

/// The name that a request's `Content-Disposition` tells as RFC 8187 has it:
/// `attachment; filename*=UTF-8''photo.jpg`. Not in the address, which logs repeat.
pub(crate) fn told(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::CONTENT_DISPOSITION)?.to_str().ok()?;
    let named = value.split(';').find_map(|part| {
        let (name, value) = part.trim().split_once('=')?;
        name.trim().eq_ignore_ascii_case("filename*").then_some(value.trim())
    })?;
    let (charset, rest) = named.split_once('\'')?;
    let (_language, encoded) = rest.split_once('\'')?;
    let name = percent_decode_str(encoded).decode_utf8().ok()?;
    charset.eq_ignore_ascii_case("utf-8").then(|| name.into_owned())
}

/// The name without a path, without what deceives a reader, and ending as its content does.
pub(crate) fn clean(name: &str, kind: Kind) -> String {
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let kept: String = name.chars().filter(|c| !deceives(*c)).map(plain).collect();
    let kept = kept.trim_matches(|c: char| c == '.' || c.is_whitespace());
    let (stem, extension) = match kept.rsplit_once('.') {
        Some((stem, end)) if fits(end, kind) => (stem.trim_end(), end),
        _ => (kept, kind.extensions().first().copied().unwrap_or("bin")),
    };
    let stem = if stem.is_empty() { "file" } else { stem };
    let room = LONGEST.saturating_sub(extension.len() + 1);
    let stem = &stem[..stem.floor_char_boundary(room)];
    format!("{}.{extension}", stem.trim_end())
}

/// The name of what is not here, without what deceives a reader.
pub(crate) fn plainly(name: &str) -> String {
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let kept: String = name.chars().filter(|c| !deceives(*c)).collect();
    let kept = kept.trim();
    match &kept[..kept.floor_char_boundary(LONGEST)] {
        "" => "file".to_owned(),
        kept => kept.to_owned(),
    }
}

fn fits(end: &str, kind: Kind) -> bool {
    kind.extensions().iter().any(|known| known.eq_ignore_ascii_case(end))
}

/// What nobody sees, or what turns the order of what is seen around.
fn deceives(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{feff}')
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}')
        || matches!(c, '\u{fff0}'..='\u{ffff}' | '\u{e0000}'..='\u{e007f}')
}

/// What no file system takes.
fn plain(c: char) -> char {
    if matches!(c, '<' | '>' | ':' | '"' | '|' | '?' | '*') { '_' } else { c }
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderValue, header};

    use super::{Kind, clean, told};

    #[test]
    fn a_name_comes_in_a_header_whatever_it_is_made_of() {
        let name = |value: &str| {
            let value = HeaderValue::from_str(value).expect("a header");
            told(&HeaderMap::from_iter([(header::CONTENT_DISPOSITION, value)]))
        };
        let named = |name: &str| Some(name.to_owned());
        assert_eq!(name("attachment; filename*=UTF-8''photo.jpg"), named("photo.jpg"));
        assert_eq!(
            name("attachment;FileName*=utf-8'de'B%C3%BCro%3B%201.jpg"),
            named("Büro; 1.jpg")
        );
        assert_eq!(name("attachment; filename*=UTF-8''it's.jpg"), named("it's.jpg"));
        assert_eq!(name("attachment; filename*=UTF-8''"), named(""));
        for bad in [
            "attachment",
            "attachment; filename=photo.jpg",
            "attachment; filename*=photo.jpg",
            "attachment; filename*=ISO-8859-1''photo.jpg",
            "attachment; filename*=UTF-8''%ff",
        ] {
            assert_eq!(name(bad), None, "{bad}");
        }
        assert_eq!(told(&HeaderMap::new()), None);
    }

    #[test]
    fn a_name_says_what_the_file_is_and_nothing_else() {
        let names = [
            ("photo.jpg", Kind::Jpeg, "photo.jpg"),
            ("IMG_1.JPEG", Kind::Jpeg, "IMG_1.JPEG"),
            ("../../etc/passwd", Kind::Text, "passwd.txt"),
            ("C:\\Users\\ada\\bill.pdf", Kind::Pdf, "bill.pdf"),
            ("bill.pdf.exe", Kind::Pdf, "bill.pdf.exe.pdf"),
            ("ann\u{202e}gpj.exe", Kind::Png, "anngpj.exe.png"),
            ("a\0b\r\nc.png", Kind::Png, "abc.png"),
            ("  ..  ", Kind::Gif, "file.gif"),
            ("", Kind::Gif, "file.gif"),
            (".png", Kind::Png, "png.png"),
            ("what? \"this\": <x>.txt", Kind::Text, "what_ _this__ _x_.txt"),
        ];
        for (name, kind, expected) in names {
            assert_eq!(clean(name, kind), expected, "{name:?}");
        }
        let long = clean(&format!("{}.png", "ü".repeat(300)), Kind::Png);
        assert!(long.len() <= 215 && long.ends_with("ü.png"), "{long}");
    }
}
