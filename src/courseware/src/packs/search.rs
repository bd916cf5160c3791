//! The index of what can be looked up: lessons and checks that are offered, and all regulations. Items have no place in it:
//! whoever looks something up during an exam must not find its key.

use crate::content::{Content, Course, Venue};
use domain::catalogue::CourseStatus;
use pinyin::ToPinyin;
use wire::pack::{BlockForm, VERSION};
use wire::search::{SearchEntry, SearchPack};

/// The index of what is offered.
pub(super) fn index(content: &Content) -> SearchPack {
    let mut entries = Vec::new();
    let active = content
        .courses
        .iter()
        .filter(|course| course.status == CourseStatus::Active);
    active.for_each(|course| of_course(course, &mut entries));
    let ready = content.venues.iter().filter(|listing| listing.ready);
    ready
        .filter_map(|listing| listing.venue.as_ref().map(|venue| (&listing.slug, venue)))
        .for_each(|(slug, venue)| of_venue(slug, venue, &mut entries));
    for known in &content.regulations {
        let form = &known.form;
        entries.push(SearchEntry {
            kind: "regulation".into(),
            title: form.title.clone(),
            under: String::new(),
            path: format!("regulations/{}?v={}", form.id, form.version),
            keys: keys(&[&form.short, form.title.trim_start_matches("中华人民共和国")]),
            text: [form.short.as_str(), &form.issuer, &form.note].join(" "),
        });
    }
    SearchPack { v: VERSION, entries }
}

fn of_course(course: &Course, entries: &mut Vec<SearchEntry>) {
    let path = format!("courses/{}", course.slug);
    let objectives = course.objectives.join(" ");
    entries.push(SearchEntry {
        kind: "course".into(),
        title: course.title.zh.clone(),
        under: String::new(),
        path: path.clone(),
        keys: keys(&[&course.title.zh]),
        text: format!("{} {objectives}", course.summary.zh),
    });
    for lesson in &course.lessons {
        let blocks = lesson.blocks.iter().map(|block: &BlockForm| plain(&block.html));
        let text: Vec<String> = blocks.chain([lesson.meaning.clone()]).collect();
        entries.push(SearchEntry {
            kind: "lesson".into(),
            title: lesson.title.zh.clone(),
            under: course.title.zh.clone(),
            path: format!("{path}/{}", lesson.slug),
            keys: keys(&[&lesson.title.zh]),
            text: text.join(" "),
        });
    }
}

fn of_venue(slug: &str, venue: &Venue, entries: &mut Vec<SearchEntry>) {
    for check in venue.sections.iter().flat_map(|section| &section.checks) {
        let form = &check.form;
        entries.push(SearchEntry {
            kind: "check".into(),
            title: form.title.clone(),
            under: venue.title.zh.clone(),
            path: format!("handbook/{slug}#{}", form.id),
            keys: keys(&[&form.title]),
            text: [form.look.as_str(), &form.how, &form.violation].join(" "),
        });
    }
}

/// The words of sanitised HTML.
fn plain(html: &str) -> String {
    // Tags inside a line part no words.
    const INLINE: [&str; 6] = ["a", "b", "code", "em", "span", "strong"];
    let mut words = String::new();
    let mut rest = html;
    while let Some((before, tag)) = rest.split_once('<') {
        words.push_str(before);
        let (tag, after) = tag.split_once('>').unwrap_or((tag, ""));
        let name = tag
            .trim_start_matches('/')
            .split_whitespace()
            .next()
            .unwrap_or_default();
        if !INLINE.contains(&name) {
            words.push(' ');
        }
        rest = after;
    }
    words.push_str(rest);
    let words = [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#39;", "'"),
        ("&nbsp;", " "),
        ("&amp;", "&"),
    ]
    .iter()
    .fold(words, |words, (from, to)| words.replace(from, to));
    let words: Vec<&str> = words.split_whitespace().collect();
    words.join(" ")
}

/// Initials and whole readings of some titles, each once; letters and digits of a title stand for themselves.
fn keys(titles: &[&str]) -> String {
    let mut keys: Vec<String> = Vec::new();
    for title in titles {
        let (mut initials, mut whole) = (String::new(), String::new());
        for c in title.chars() {
            if let Some(reading) = c.to_pinyin() {
                initials.push_str(reading.first_letter());
                whole.push_str(reading.plain());
            } else if c.is_ascii_alphanumeric() {
                let c = c.to_ascii_lowercase();
                initials.push(c);
                whole.push(c);
            }
        }
        for key in [initials, whole] {
            if !key.is_empty() && !keys.contains(&key) {
                keys.push(key);
            }
        }
    }
    keys.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_are_found_by_initials_and_by_whole_readings() {
        assert_eq!(keys(&["安全生产法"]), "aqscf anquanshengchanfa");
        assert_eq!(keys(&["GB 46768-2025", "有限空间"]), "gb467682025 yxkj youxiankongjian");
        assert_eq!(keys(&["！"]), "");
    }

    #[test]
    fn html_becomes_its_words() {
        assert_eq!(
            plain("<h2 id=\"h\">看</h2>\n<p>一&lt;<b>二</b> &amp;amp; <a href=\"x\">三</a></p>"),
            "看 一<二 &amp; 三"
        );
    }
}
