//! Articles as they are read, and what is wrong with them.

use tidegate_plan::model::Section;

use super::{is_article, read, sections};
use crate::source::ItemId;

fn told(text: &str) -> String {
    told_of("knowledge/a.md", text)
}

fn told_of(name: &str, text: &str) -> String {
    let mut findings = Vec::new();
    let articles = read([(ItemId(1), name, text)].into_iter(), &mut findings);
    let found = findings.iter().map(|its| {
        let Some(place) =
            text.get(its.primary.range.start as usize..its.primary.range.end as usize)
        else {
            return format!("{} outside", its.diagnostic.message);
        };
        format!("{}: {} [{place}]", its.diagnostic.code.id(), its.diagnostic.message)
    });
    let lines: Vec<String> = found.chain(articles.iter().map(|its| format!("{its:#?}"))).collect();
    lines.join("\n")
}

#[test]
fn an_article_is_cut_at_its_headings() {
    insta::assert_snapshot!(told(concat!(
        "---\n# shown to customers\ntitle: \"Your invoices\"\nurl: https://help.example.com/invoices\nlanguage: en\n---\n\n",
        "# Your invoices\n\nEvery *month* we send `one`.\nIt comes by e-mail.\n\n",
        "## Where they are\n\n1. Open **Account**.\n2. Choose [Billing](https://app.example.com/billing).\n   - or *Plans*\n\nThat is all.\n\n",
        "### On a phone\n\n> Not yet.\n\n<script>alert(1)</script>\n\n## Nothing\n\n## Prices\n\n| plan | price |\n|---|---|\n| Basic | 10 |\n",
    )));
}

#[test]
fn what_is_wrong_is_told_where_it_stands() {
    let all = [
        "Just text.",
        "",
        "---\ntitle: A\n",
        "---\nurl: https://a.example\n---\nText.",
        "---\ntitle:  \n---\nText.",
        "---\ntitel: A\ntitle: A\ntitle: B\nauthor: me\nno colon\n---\nText.",
        "---\ntitle: A\nurl: javascript:alert(1)\nlanguage: German\n---\nText.",
        "---\ntitle: A\n---\n\n## A heading alone\n<!-- nothing -->\n",
        "---\r\ntitle: A\r\n---\r\nText.\r\n",
    ];
    let long = told_of(&format!("knowledge/{}.md", "a".repeat(200)), "---\ntitle: A\n---\nText.");
    insta::assert_snapshot!(format!("{}\n\n{long}", all.map(told).join("\n\n")));
}

/// What is short in the file is never long in the plan, or on the way there.
#[test]
fn an_article_is_read_up_to_its_limit() {
    let told = |body: &str| told(&format!("---\ntitle: A\n---\n{body}"));
    let deep = sections::of(&format!("{}deep", "- ".repeat(2_000)), "A").expect("short");
    assert_eq!(deep.len(), 1);
    assert!(deep[0].text.len() < 40_000, "{}", deep[0].text.len());
    let indented = deep[0].text.lines().map(|line| line.len() - line.trim_start().len()).max();
    assert_eq!(indented, Some(12));
    let deepest = format!("{}deep", "- ".repeat(12_000));
    let long_link =
        format!("[x]: https://a.example/{}\n\n{}", "b".repeat(9_000), "[a][x] ".repeat(900));
    let section = "word ".repeat(14_000);
    let sections: String =
        (0..25).map(|at| format!("## H{at}\n\n{}\n\n", "word ".repeat(9_000))).collect();
    let all = [deepest, long_link, section, sections];
    let firsts = all.map(|body| told(&body).chars().take(120).collect::<String>());
    insta::assert_snapshot!(firsts.join("\n\n"));
}

#[test]
fn what_cannot_be_seen_is_no_heading() {
    let read = |text: &str| sections::of(text, "A").expect("short");
    let headings: Vec<String> =
        read("## \u{200b}\n\nOne.\n\n### Two\n\nTwo.\n\n## \u{200d}\n\nThree.\u{2028}")
            .into_iter()
            .map(|its| its.heading)
            .collect();
    assert_eq!(headings, ["", "Two", ""]);
    assert!(read("\u{200b}\u{e0041}\n\n\u{200d}").is_empty());
}

#[test]
fn articles_lie_in_their_folder() {
    assert!(is_article("knowledge/a.md") && is_article("knowledge/de/a.md"));
    assert!(!is_article("knowledge/a.txt") && !is_article("knowledgebase/a.md"));
    assert!(!is_article("README.md"));
}

proptest::proptest! {
    #[test]
    fn whatever_stands_there_is_plain_text(text in "(\\PC|[\\n#*>`\\[\\]()|_-]|\\u{202e}|\\u{1b}){0,200}") {
        for Section { heading, text } in sections::of(&text, "A").expect("short") {
            proptest::prop_assert!(!text.trim().is_empty());
            let shown = |c: char| c == '\n' || tidegate_plan::verify::articles::is_shown(c);
            proptest::prop_assert!(text.chars().all(shown));
            proptest::prop_assert!(!heading.contains('\n'));
        }
    }
}
