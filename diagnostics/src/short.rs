//! One line a diagnostic, as compilers have always written them.

use crate::printable::on_one_line;
use crate::{Diagnostic, SourceMap};

/// `path:line:column: error[E0201]: message (help)`.
pub fn render_short(diagnostic: &Diagnostic, sources: &SourceMap) -> String {
    let span = diagnostic.primary.span;
    let name = sources.get(span.source).map_or("?", |source| source.name.as_str());
    let (line, column) = sources.line_column(span.source, span.start).unwrap_or((0, 0));
    let severity = diagnostic.severity.name();
    let code = diagnostic.code.id();
    let name = on_one_line(name);
    let message = on_one_line(&diagnostic.message);
    let help = diagnostic.help.as_deref().map(on_one_line);
    let help = help.map_or_else(String::new, |help| format!(" ({help})"));
    format!("{name}:{line}:{column}: {severity}[{code}]: {message}{help}")
}
