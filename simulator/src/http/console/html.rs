//! HTML in the making: what is markup is said to be, all else is escaped.

/// A page, or a part of one.
#[derive(Debug, Default)]
pub(super) struct Html {
    written: String,
}

impl Html {
    /// Markup of our own.
    pub(super) fn raw(&mut self, markup: &str) {
        self.written.push_str(markup);
    }

    /// Anybody's text, also fit for attributes in double quotes.
    pub(super) fn text(&mut self, text: &str) {
        for character in text.chars() {
            match character {
                '&' => self.written.push_str("&amp;"),
                '<' => self.written.push_str("&lt;"),
                '>' => self.written.push_str("&gt;"),
                '"' => self.written.push_str("&quot;"),
                '\'' => self.written.push_str("&#39;"),
                other => self.written.push(other),
            }
        }
    }

    /// Text in an element with a class.
    pub(super) fn element(&mut self, name: &'static str, class: &'static str, text: &str) {
        self.raw(&format!("<{name} class=\"{class}\">"));
        self.text(text);
        self.raw(&format!("</{name}>"));
    }

    /// A name and its value in a description list.
    pub(super) fn pair(&mut self, name: &str, hint: &str, value: &str) {
        self.raw("<div><dt title=\"");
        self.text(hint);
        self.raw("\">");
        self.text(name);
        self.raw("</dt><dd>");
        self.text(value);
        self.raw("</dd></div>");
    }

    pub(super) fn finish(self) -> String {
        self.written
    }
}

#[cfg(test)]
mod tests {
    use super::Html;

    #[test]
    fn text_never_becomes_markup() {
        let mut html = Html::default();
        html.pair("<b>", "\" onclick=\"x", "</dd><script>'&");
        assert_eq!(
            html.finish(),
            "<div><dt title=\"&quot; onclick=&quot;x\">&lt;b&gt;</dt>\
             <dd>&lt;/dd&gt;&lt;script&gt;&#39;&amp;</dd></div>"
        );
    }
}
