//! What a file is, by its content. What its name or its sender say counts for nothing.

/// A kind of file that is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Pdf,
    Png,
    Jpeg,
    Gif,
    WebP,
    Heic,
    Mp4,
    QuickTime,
    Docx,
    Xlsx,
    Text,
}

/// Brands of the container of MP4 that are photos.
const PHOTOS: [&[u8; 4]; 8] =
    [b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"];
/// Those that are videos.
const VIDEOS: [&[u8; 4]; 9] =
    [b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V "];

impl Kind {
    /// What these bytes are; none where they are nothing that is taken.
    pub(crate) fn of(bytes: &[u8]) -> Option<Self> {
        match bytes {
            [b'%', b'P', b'D', b'F', b'-', ..] => Some(Self::Pdf),
            [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some(Self::Png),
            [0xff, 0xd8, 0xff, ..] => Some(Self::Jpeg),
            [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some(Self::Gif),
            [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some(Self::WebP),
            [_, _, _, _, b'f', b't', b'y', b'p', brand @ ..] => Self::of_brand(brand),
            [b'P', b'K', 3, 4, ..] => Self::of_archive(bytes),
            _ => is_text(bytes).then_some(Self::Text),
        }
    }

    fn of_brand(brand: &[u8]) -> Option<Self> {
        let brand: &[u8; 4] = brand.first_chunk()?;
        if PHOTOS.contains(&brand) {
            return Some(Self::Heic);
        }
        if brand == b"qt  " {
            return Some(Self::QuickTime);
        }
        VIDEOS.contains(&brand).then_some(Self::Mp4)
    }

    /// Of archives only the documents of Office, without macros. The names of an archive's parts
    /// stand in it as they are.
    fn of_archive(bytes: &[u8]) -> Option<Self> {
        let has = |name: &[u8]| memchr::memmem::find(bytes, name).is_some();
        if !has(b"[Content_Types].xml") || has(b"vbaProject") {
            return None;
        }
        match (has(b"word/document.xml"), has(b"xl/workbook.xml")) {
            (true, false) => Some(Self::Docx),
            (false, true) => Some(Self::Xlsx),
            _ => None,
        }
    }

    pub(crate) fn media_type(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Gif => "image/gif",
            Self::WebP => "image/webp",
            Self::Heic => "image/heic",
            Self::Mp4 => "video/mp4",
            Self::QuickTime => "video/quicktime",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Text => "text/plain",
        }
    }

    /// What its name ends in, the usual one first.
    pub(crate) fn extensions(self) -> &'static [&'static str] {
        match self {
            Self::Pdf => &["pdf"],
            Self::Png => &["png"],
            Self::Jpeg => &["jpg", "jpeg"],
            Self::Gif => &["gif"],
            Self::WebP => &["webp"],
            Self::Heic => &["heic", "heif"],
            Self::Mp4 => &["mp4", "m4v"],
            Self::QuickTime => &["mov"],
            Self::Docx => &["docx"],
            Self::Xlsx => &["xlsx"],
            Self::Text => &["txt", "log", "csv"],
        }
    }
}

/// Text that no browser takes for a page, whatever its name may be.
fn is_text(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else { return false };
    let plain = |c: char| !c.is_control() || matches!(c, '\t' | '\n' | '\r' | '\u{c}');
    let begins = text.trim_start_matches('\u{feff}').trim_start();
    !begins.is_empty() && !begins.starts_with('<') && text.chars().all(plain)
}

#[cfg(test)]
mod tests {
    use super::Kind;

    #[test]
    fn a_file_is_known_by_its_first_bytes() {
        let files: [(&[u8], Option<Kind>); 16] = [
            (b"%PDF-1.7", Some(Kind::Pdf)),
            (b"\x89PNG\r\n\x1a\n..", Some(Kind::Png)),
            (b"\xff\xd8\xff\xe0", Some(Kind::Jpeg)),
            (b"GIF89a", Some(Kind::Gif)),
            (b"RIFF....WEBPVP8 ", Some(Kind::WebP)),
            (b"....ftypheic", Some(Kind::Heic)),
            (b"....ftypisom", Some(Kind::Mp4)),
            (b"....ftypqt  ", Some(Kind::QuickTime)),
            (b"....ftypxxxx", None),
            (b"PK\x03\x04[Content_Types].xml word/document.xml", Some(Kind::Docx)),
            (b"PK\x03\x04[Content_Types].xml word/document.xml word/vbaProject.bin", None),
            (b"PK\x03\x04evil.exe", None),
            ("Gr\u{fc}\u{df}e\n".as_bytes(), Some(Kind::Text)),
            (b" <script>alert(1)</script>", None),
            (b"MZ\x90\x00", None),
            (b"", None),
        ];
        for (bytes, kind) in files {
            assert_eq!(Kind::of(bytes), kind, "{}", String::from_utf8_lossy(bytes));
        }
    }
}
