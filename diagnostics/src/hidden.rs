//! Sources as they may be shown: what looks like a secret is not repeated where others read.

use std::borrow::Cow;

use crate::{Diagnostic, SourceMap, SourceText, codes};

/// The sources with stars in place of what these diagnostics say looks like a secret; every byte
/// stays where it is.
pub fn without_secrets<'s>(found: &[Diagnostic], sources: &'s SourceMap) -> Cow<'s, SourceMap> {
    let secrets = || found.iter().filter(|one| one.code == codes::SECRET);
    if secrets().next().is_none() {
        return Cow::Borrowed(sources);
    }
    let starred = sources.iter().map(|(id, source)| {
        let spans = secrets().map(|one| one.primary.span).filter(|span| span.source == id);
        let mut text = source.text.clone();
        for span in spans {
            let range = span.start as usize..span.end as usize;
            if text.get(range.clone()).is_some() {
                text.replace_range(range.clone(), &"*".repeat(range.len()));
            }
        }
        SourceText { name: source.name.clone(), text }
    });
    Cow::Owned(SourceMap::new(starred.collect()))
}
