//! Markdown to sanitised HTML, at build time: no parser ships to the browser.
//!
//! Two walls: the renderer never passes on raw HTML, images or links other than `cite:` and `https:`, and ammonia's
//! allow-list lets through only what the renderer itself makes.

use crate::diagnostic::Rule;
use domain::citation::Citation;
use pulldown_cmark::{CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::fmt::Write;
use std::sync::LazyLock;

/// What headings' ids begin with, so that none can shadow an id or a global of the page.
const ID_PREFIX: &str = "h-";

/// What a piece of Markdown holds that it must not, with the byte where it stands.
pub(crate) struct Slip {
    pub(crate) at: usize,
    pub(crate) rule: Rule,
    pub(crate) message: String,
    pub(crate) remedy: &'static str,
}

/// Renders the pieces of one lesson: heading ids are unique and levels go on across its pieces.
#[derive(Default)]
pub(crate) struct Renderer {
    ids: HashMap<String, usize>,
    level: usize,
    /// The slips of all pieces so far, counted from the beginning of each piece.
    pub(crate) slips: Vec<Slip>,
    /// The targets of `cite:` links so far, without `cite:`.
    pub(crate) cites: Vec<(usize, String)>,
}

impl Renderer {
    /// The piece as HTML that may stand in the page.
    pub(crate) fn render(&mut self, markdown: &str) -> String {
        let events: Vec<_> = Parser::new_ext(markdown, Options::ENABLE_TABLES)
            .into_offset_iter()
            .collect();
        let mut out = Vec::with_capacity(events.len());
        let mut link_open = false;
        for (nth, (event, range)) in events.iter().enumerate() {
            match event {
                Event::Start(Tag::HtmlBlock) => {
                    self.slip(
                        range.start,
                        Rule::MarkdownHtml,
                        "raw HTML".into(),
                        "write it as Markdown",
                    );
                }
                Event::InlineHtml(tag) => {
                    let message = format!("raw HTML `{tag}`");
                    self.slip(
                        range.start,
                        Rule::MarkdownHtml,
                        message,
                        "write it as Markdown, or `<` as `&lt;`",
                    );
                }
                Event::Html(_) | Event::End(TagEnd::HtmlBlock | TagEnd::Image) => {}
                Event::Start(Tag::Image { dest_url, .. }) => {
                    let message = format!("an image from `{dest_url}`");
                    self.slip(
                        range.start,
                        Rule::MarkdownImage,
                        message,
                        "remove it; say in words what it shows",
                    );
                }
                Event::Start(Tag::Link { dest_url, .. }) => match self.link(dest_url, range.start) {
                    Some(tag) => {
                        link_open = true;
                        out.push(Event::InlineHtml(tag.into()));
                    }
                    None => link_open = false,
                },
                Event::End(TagEnd::Link) => {
                    if std::mem::take(&mut link_open) {
                        out.push(Event::InlineHtml("</a>".into()));
                    }
                }
                Event::Start(Tag::Heading { level, .. }) => {
                    let text = text_until(&events[nth..], TagEnd::Heading(*level));
                    out.push(Event::Start(self.heading(*level, &text, range.start)));
                }
                Event::End(TagEnd::Heading(level)) => out.push(Event::End(TagEnd::Heading(shown(*level)))),
                Event::Start(Tag::Table(_)) => {
                    let heads = text_until(&events[nth..], TagEnd::TableHead);
                    let label = escape(heads.trim_end_matches('、'));
                    let open = format!(r#"<div class="table" tabindex="0" role="region" aria-label="表格：{label}">"#);
                    out.push(Event::Html(open.into()));
                    out.push(event.clone());
                }
                Event::End(TagEnd::Table) => {
                    out.push(event.clone());
                    out.push(Event::Html("</div>".into()));
                }
                _ => out.push(event.clone()),
            }
        }
        let mut text = String::with_capacity(markdown.len() * 2);
        html::push_html(&mut text, out.into_iter());
        sanitise(text.trim())
    }

    fn slip(&mut self, at: usize, rule: Rule, message: String, remedy: &'static str) {
        self.slips.push(Slip {
            at,
            rule,
            message,
            remedy,
        });
    }

    /// The opening tag of a link; none where its target is refused.
    fn link(&mut self, target: &str, at: usize) -> Option<String> {
        if let Some(cited) = target.strip_prefix("cite:") {
            self.cites.push((at, cited.into()));
            // A target that is no citation gets its diagnostic where the lesson's list is known.
            return cited.parse().ok().map(|citation| cite(&citation));
        }
        if target.starts_with("https://") {
            return Some(format!(r#"<a href="{}" rel="noopener">"#, escape(target)));
        }
        let message = format!("a link to `{target}`");
        self.slip(
            at,
            Rule::MarkdownLink,
            message,
            "link to an https address, or cite with cite:regulation@version#article",
        );
        None
    }

    fn heading<'e>(&mut self, level: HeadingLevel, text: &str, at: usize) -> Tag<'e> {
        let depth = level as usize;
        if depth == 1 {
            self.slip(
                at,
                Rule::MarkdownHeading,
                "a heading of the first level".into(),
                "begin with ##; the page's title is the lesson's",
            );
        } else if depth > self.level.max(1) + 1 {
            let message = format!("a heading of level {depth} after level {}", self.level.max(1));
            self.slip(at, Rule::MarkdownHeading, message, "leave out no level");
        }
        self.level = depth;
        let name: String = text.chars().filter(|c| c.is_alphanumeric()).collect();
        let count = self.ids.entry(name.clone()).or_default();
        *count += 1;
        let id = if *count == 1 {
            format!("{ID_PREFIX}{name}")
        } else {
            format!("{ID_PREFIX}{name}-{count}")
        };
        Tag::Heading {
            level: shown(level),
            id: Some(CowStr::from(id)),
            classes: Vec::new(),
            attrs: Vec::new(),
        }
    }
}

/// The page's own title is the only heading of the first level.
fn shown(level: HeadingLevel) -> HeadingLevel {
    if level == HeadingLevel::H1 {
        HeadingLevel::H2
    } else {
        level
    }
}

/// The text of the events up to `end`; cells of a table are parted by 、.
fn text_until(events: &[(Event<'_>, std::ops::Range<usize>)], end: TagEnd) -> String {
    let mut text = String::new();
    for (event, _) in events {
        match event {
            Event::End(tag) if *tag == end => break,
            Event::End(TagEnd::TableCell) => text.push('、'),
            Event::Text(part) | Event::Code(part) => text.push_str(part),
            _ => {}
        }
    }
    text
}

/// The address of a citation's page below the site's base, with the anchor of its article: `a36`, `a134-1`.
pub fn cite_href(citation: &Citation) -> String {
    let mut href = format!("regulations/{}?v={}", citation.regulation, citation.version);
    if let Some(article) = citation.article {
        // Writing to a string cannot fail.
        let _ = write!(href, "#a{}", article.number);
        if article.sub > 0 {
            let _ = write!(href, "-{}", article.sub);
        }
    }
    href
}

fn cite(citation: &Citation) -> String {
    format!(
        r#"<a class="cite" href="{}" data-cite="{citation}">"#,
        cite_href(citation)
    )
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

/// What the renderer makes, and nothing else.
static ALLOWED: LazyLock<ammonia::Builder<'static>> = LazyLock::new(|| {
    let tags = [
        "p",
        "br",
        "hr",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "ul",
        "ol",
        "li",
        "blockquote",
        "strong",
        "em",
        "code",
        "pre",
        "a",
        "div",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
    ];
    let headings = ["h2", "h3", "h4", "h5", "h6"].map(|tag| (tag, HashSet::from(["id"])));
    let others = [
        ("a", HashSet::from(["href", "rel", "data-cite"])),
        ("div", HashSet::from(["tabindex", "role", "aria-label"])),
        ("ol", HashSet::from(["start"])),
    ];
    let mut builder = ammonia::Builder::empty();
    builder
        .tags(HashSet::from(tags))
        .clean_content_tags(HashSet::from(["script", "style"]))
        .tag_attributes(headings.into_iter().chain(others).collect())
        .allowed_classes(HashMap::from([
            ("a", HashSet::from(["cite"])),
            ("div", HashSet::from(["table"])),
        ]))
        .set_tag_attribute_values(HashMap::from([("th", HashMap::from([("scope", "col")]))]))
        .url_schemes(HashSet::from(["https"]))
        .url_relative(ammonia::UrlRelative::PassThrough)
        .link_rel(None)
        .id_prefix(Some(ID_PREFIX))
        .strip_comments(true)
        .attribute_filter(|tag, attribute, value| {
            let fits = match (tag, attribute) {
                ("a", "href") => value.starts_with("https://") || value.starts_with("regulations/"),
                ("a", "rel") => value == "noopener",
                ("div", "role") => value == "region",
                ("div", "tabindex") => value == "0",
                _ => true,
            };
            fits.then_some(Cow::Borrowed(value))
        });
    builder
});

pub(crate) fn sanitise(html: &str) -> String {
    ALLOWED.clean(html).to_string()
}
