//! Looking something up in the index that came with the content.

use wire::search::SearchEntry;

/// The most characters of a question; what is pasted beyond it is cut, and the page says so.
pub const LONGEST: usize = 60;

/// The characters that are shown around the first word found in a text.
const AROUND: usize = 24;

/// An entry, ready to be searched.
struct Ready {
    entry: SearchEntry,
    title: String,
    text: String,
}

/// The index, ready to be searched.
pub struct Index(Vec<Ready>);

/// Something found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// What.
    pub entry: SearchEntry,
    /// A passage of its text in pieces, each with whether it is a word that was looked for; empty where the title says it.
    pub passage: Vec<(String, bool)>,
    /// The title in such pieces.
    pub title: Vec<(String, bool)>,
}

/// Half width, lower case: one character for each, so that places stay what they are.
fn fold(text: &str) -> String {
    let narrow = |c: char| match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        '\u{3000}' => ' ',
        c => c,
    };
    text.chars()
        .map(|c| narrow(c).to_lowercase().next().unwrap_or(c))
        .collect()
}

/// The words of a question, at most eight, and whether it was cut.
pub fn words(question: &str) -> (Vec<String>, bool) {
    let cut: String = question.chars().take(LONGEST).collect();
    let is_cut = question.chars().nth(LONGEST).is_some();
    let folded = fold(&cut);
    let apart = |c: char| !c.is_alphanumeric();
    let mut words: Vec<String> = Vec::new();
    for word in folded.split(apart).filter(|word| !word.is_empty()) {
        if !words.iter().any(|known| known == word) && words.len() < 8 {
            words.push(word.to_owned());
        }
    }
    (words, is_cut)
}

impl Index {
    /// Makes the entries ready.
    pub fn new(entries: Vec<SearchEntry>) -> Self {
        let ready = |entry: SearchEntry| Ready {
            title: fold(&entry.title),
            text: fold(&entry.text),
            entry,
        };
        Self(entries.into_iter().map(ready).collect())
    }

    /// The places of what has all of `words`, the best first: words in the title before those in its readings, those before
    /// words in the text; otherwise in the order of the index.
    pub fn find(&self, words: &[String]) -> Vec<usize> {
        if words.is_empty() {
            return Vec::new();
        }
        let mut found: Vec<(u32, usize)> = Vec::new();
        for (place, ready) in self.0.iter().enumerate() {
            let ranks: Option<u32> = words.iter().map(|word| rank(ready, word)).sum();
            found.extend(ranks.map(|rank| (rank, place)));
        }
        // Stable: equals stay in the order of the index.
        found.sort_by_key(|(rank, _)| *rank);
        found.into_iter().map(|(_, place)| place).collect()
    }

    /// The entry in a place that `find` gave.
    pub fn entry(&self, place: usize) -> Option<&SearchEntry> {
        self.0.get(place).map(|ready| &ready.entry)
    }

    /// What is shown of the entry in a place that `find` gave: apart from finding, because most hits are never looked at.
    pub fn hit(&self, place: usize, words: &[String]) -> Option<Hit> {
        let ready = self.0.get(place)?;
        Some(Hit {
            title: pieces(&ready.entry.title, &ready.title, words, 0, usize::MAX),
            passage: passage(ready, words),
            entry: ready.entry.clone(),
        })
    }
}

/// How well an entry fits a word, 0 the best; none where it does not have it.
fn rank(ready: &Ready, word: &str) -> Option<u32> {
    if ready.title.starts_with(word) {
        return Some(0);
    }
    if ready.title.contains(word) {
        return Some(1);
    }
    let reading = word.len() > 1 && word.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let keys = || ready.entry.keys.split(' ');
    if reading && keys().any(|key| key == word) {
        return Some(1);
    }
    if reading && keys().any(|key| key.starts_with(word)) {
        return Some(2);
    }
    if reading && keys().any(|key| key.contains(word)) {
        return Some(4);
    }
    ready.text.contains(word).then_some(6)
}

/// The passage around the first word that the text has.
fn passage(ready: &Ready, words: &[String]) -> Vec<(String, bool)> {
    let first = words.iter().filter_map(|word| ready.text.find(word.as_str())).min();
    let Some(first) = first else { return Vec::new() };
    let place = ready.text[..first].chars().count();
    let from = place.saturating_sub(AROUND / 2);
    pieces(&ready.entry.text, &ready.text, words, from, from + 3 * AROUND)
}

/// The characters `from` to `to` of `text` in pieces: those that are one of `words` apart from the others.
fn pieces(text: &str, folded: &str, words: &[String], from: usize, to: usize) -> Vec<(String, bool)> {
    let shown: Vec<char> = text.chars().skip(from).take(to - from).collect();
    let plain: Vec<char> = folded.chars().skip(from).take(to - from).collect();
    let mut marked = vec![false; plain.len()];
    for word in words {
        let word: Vec<char> = word.chars().collect();
        for place in 0..plain.len().saturating_sub(word.len() - 1) {
            if plain[place..].starts_with(&word) {
                marked[place..place + word.len()].fill(true);
            }
        }
    }
    let mut pieces: Vec<(String, bool)> = Vec::new();
    if from > 0 {
        pieces.push(("…".into(), false));
    }
    for (c, is) in shown.iter().zip(marked) {
        match pieces.last_mut() {
            Some((words, was)) if *was == is => words.push(*c),
            _ => pieces.push((c.to_string(), is)),
        }
    }
    if text.chars().nth(to).is_some() {
        pieces.push(("…".into(), false));
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(title: &str, keys: &str, text: &str) -> SearchEntry {
        SearchEntry {
            kind: "lesson".into(),
            title: title.into(),
            under: String::new(),
            path: title.into(),
            keys: keys.into(),
            text: text.into(),
        }
    }

    fn index() -> Index {
        Index::new(vec![
            entry("消防通道", "xftd xiaofangtongdao", "通道不能堆放杂物。安全生产法也管。"),
            entry("学习安全生产法", "xxaqscf xuexianquanshengchanfa", "总则"),
            entry("安全生产法", "aqscf anquanshengchanfa", "第一条"),
            entry(
                "有限空间 GB 46768",
                "yxkjgb46768 youxiankongjiangb46768",
                "先通风、再检测、后作业",
            ),
        ])
    }

    fn titles(question: &str) -> Vec<String> {
        let index = index();
        let places = index.find(&words(question).0);
        places
            .into_iter()
            .map(|place| index.entry(place).unwrap().title.clone())
            .collect()
    }

    #[test]
    fn titles_come_before_readings_and_those_before_texts() {
        assert_eq!(titles("安全生产法"), ["安全生产法", "学习安全生产法", "消防通道"]);
        assert_eq!(titles("aqscf"), ["安全生产法", "学习安全生产法"]);
        assert_eq!(titles("ANQUAN"), ["安全生产法", "学习安全生产法"]);
        assert_eq!(titles("ＧＢ　46768"), ["有限空间 GB 46768"]);
    }

    #[test]
    fn all_words_must_be_there_and_punctuation_is_none() {
        assert_eq!(titles("通道 杂物"), ["消防通道"]);
        assert_eq!(titles("通道，总则"), [""; 0]);
        for nothing in ["", "  ", "。，、", "没有的词"] {
            assert_eq!(titles(nothing), [""; 0], "{nothing}");
        }
        // One letter is no reading.
        assert_eq!(titles("a"), [""; 0]);
    }

    #[test]
    fn what_was_looked_for_is_marked_and_nothing_is_lost() {
        let first = |index: &Index, question: &str| {
            let words = words(question).0;
            index.hit(index.find(&words)[0], &words).unwrap()
        };
        let hit = first(&index(), "杂物");
        assert!(hit.passage.contains(&("杂物".into(), true)));
        let whole: String = hit.passage.iter().map(|(words, _)| words.as_str()).collect();
        assert_eq!(whole, "通道不能堆放杂物。安全生产法也管。");
        assert_eq!(hit.title, [("消防通道".to_owned(), false)]);
        let long = Index::new(vec![entry(
            "长",
            "c",
            &format!("{}目标{}", "前".repeat(90), "后".repeat(90)),
        )]);
        let hit = first(&long, "目标");
        let passage: String = hit.passage.iter().map(|(words, _)| words.as_str()).collect();
        assert!(
            passage.starts_with('…') && passage.ends_with('…') && passage.contains("目标"),
            "{passage}"
        );
    }

    #[test]
    fn a_book_pasted_as_a_question_is_cut() {
        let (found, cut) = words(&"安全 ".repeat(4_000_000));
        assert_eq!((found, cut), (vec!["安全".to_owned()], true));
        assert!(!words("安全").1);
    }
}
