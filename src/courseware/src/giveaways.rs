//! Finds what lets somebody pass who does not know: right options that stand out by length or place, catch-all options,
//! items that are nearly the same, and stems that answer another item of their bank.
//!
//! The rules are those of textbooks of item writing (Haladyna, Downing and Rodriguez 2002, guidelines on options and
//! cues), as counts that a machine can make. They judge a bank, because exams draw from banks.

use crate::content::{Bank, BankItem, Content};
use crate::diagnostic::{Diagnostic, Report, Rule};
use domain::item::{ChoiceOption, ItemBody};
use domain::kinds::number::fold_text;
use std::collections::BTreeMap;

/// Single choices that a bank has at least before its habits are judged: with fewer, chance alone makes patterns.
pub const ENOUGH: usize = 8;

/// Two items whose pairs of neighbouring characters agree by this share, in percent of all that either has, are
/// near-duplicates.
pub const ALIKE: usize = 80;

/// Characters that a right option has at least before a stem that holds it counts as giving it away: shorter ones are names of
/// authorities and figures that any stem may use.
pub const TELLING: usize = 10;

/// Beginnings of options that speak of all the others, or of none.
const CATCH_ALL: [&str; 8] = [
    "以上都",
    "以上均",
    "以上全",
    "以上皆",
    "上述都",
    "上述均",
    "以上选项",
    "以上说法",
];

/// Everything in `content` that gives a key away, ordered by file and line.
pub fn check(content: &Content) -> Vec<Diagnostic> {
    let report = Report::default();
    let stock = content.stock.iter().map(|stock| &stock.bank);
    for bank in content.banks().chain(stock) {
        habits(bank, &report);
        catch_all(bank, &report);
        telling(bank, &report);
    }
    near_duplicates(&content.items().collect::<Vec<_>>(), &report);
    report.into_sorted()
}

/// The options of a choice and whether one of them alone is right.
fn options(item: &BankItem) -> Option<(&[ChoiceOption], bool)> {
    match &item.item.body {
        ItemBody::Single(choices) => Some((choices.options(), true)),
        ItemBody::Multiple(choices) => Some((choices.options(), false)),
        ItemBody::TrueFalse { .. } | ItemBody::Exercise(_) => None,
    }
}

/// The single choices of a bank: the item, its options, and the place of the right one among them.
fn singles(bank: &Bank) -> Vec<(&BankItem, &[ChoiceOption], usize)> {
    let of = |item| {
        let (options, true) = options(item)? else { return None };
        Some((item, options, options.iter().position(|option| option.right)?))
    };
    bank.items.iter().filter_map(of).collect()
}

/// Whether the right option is longer than every other one.
fn longest(options: &[ChoiceOption], right: usize) -> bool {
    let length = |option: &ChoiceOption| option.text.chars().count();
    options
        .iter()
        .enumerate()
        .all(|(place, option)| place == right || length(option) < length(&options[right]))
}

/// The right option is the longest one, or stands at one place, in more than half of a bank's single choices.
fn habits(bank: &Bank, report: &Report) {
    let singles = singles(bank);
    let Some((first, ..)) = singles.first().filter(|_| singles.len() >= ENOUGH) else {
        return;
    };
    let all = singles.len();
    let long = singles
        .iter()
        .filter(|(_, options, right)| longest(options, *right))
        .count();
    if 2 * long > all {
        let message = format!(
            "{}: the right option is the longest one in {long} of {all} single choices",
            bank.id
        );
        let remedy = "shorten right options or write wrong ones of the same length";
        report.add(first.place.clone(), Rule::GiveawayLength, message, remedy);
    }
    let mut places: BTreeMap<usize, usize> = BTreeMap::new();
    for (_, _, right) in &singles {
        *places.entry(*right).or_default() += 1;
    }
    for (place, times) in places.into_iter().filter(|(_, times)| 2 * times > all) {
        let nth = place + 1;
        let message = format!(
            "{}: option {nth} is the right one in {times} of {all} single choices",
            bank.id
        );
        let remedy = "spread the right options; a printed paper keeps the author's order";
        report.add(first.place.clone(), Rule::GiveawayPlace, message, remedy);
    }
}

/// A catch-all option in a multiple choice, or one that is right wherever the bank has one.
fn catch_all(bank: &Bank, report: &Report) {
    let is = |option: &&ChoiceOption| CATCH_ALL.iter().any(|start| option.text.trim().starts_with(start));
    let mut found = Vec::new();
    for item in &bank.items {
        let Some((options, single)) = options(item) else {
            continue;
        };
        let Some(option) = options.iter().find(is) else {
            continue;
        };
        if single {
            found.push((item, option.right));
        } else {
            let message = format!(
                "`{}`: `{}` stands beside the options it speaks of",
                item.item.id, option.text
            );
            let remedy = "in a multiple choice let the person choose each of them";
            report.add(item.place.clone(), Rule::GiveawayAll, message, remedy);
        }
    }
    if found.len() > 1 && found.iter().all(|(_, right)| *right) {
        let message = format!(
            "{}: 'all of the above' is right in each of {} items",
            bank.id,
            found.len()
        );
        let remedy = "name the right answer, or write items where it is wrong";
        report.add(found[0].0.place.clone(), Rule::GiveawayAll, message, remedy);
    }
}

/// A stem that holds the whole right option of another single choice of the bank. Items of one exclusion group never stand in one
/// exam.
fn telling(bank: &Bank, report: &Report) {
    let stems: Vec<(&BankItem, String)> = bank
        .items
        .iter()
        .map(|item| (item, fold_text(&item.item.stem)))
        .collect();
    for (asked, options, right) in singles(bank) {
        let answer = fold_text(&options[right].text);
        if answer.chars().count() < TELLING {
            continue;
        }
        let other = |(teller, stem): &&(&BankItem, String)| {
            let apart = asked.item.group.is_some() && asked.item.group == teller.item.group;
            teller.item.id != asked.item.id && !apart && stem.contains(&answer)
        };
        if let Some((teller, _)) = stems.iter().find(other) {
            let message = format!(
                "the stem of `{}` holds the answer of `{}`",
                teller.item.id, asked.item.id
            );
            let remedy = "reword one of them, or give both the same `group`";
            report.add(teller.place.clone(), Rule::GiveawayStem, message, remedy);
        }
    }
}

/// The pairs of neighbouring characters of what an item asks and offers, sorted, each once; none for exercises, whose texts
/// are shared forms.
fn pairs(item: &BankItem) -> Vec<(char, char)> {
    let mut text = item.item.stem.clone();
    match &item.item.body {
        ItemBody::Single(choices) | ItemBody::Multiple(choices) => {
            text.extend(choices.options().iter().map(|option| option.text.as_str()));
        }
        ItemBody::TrueFalse { .. } => {}
        ItemBody::Exercise(_) => return Vec::new(),
    }
    let chars: Vec<char> = text.chars().filter(|c| c.is_alphanumeric()).collect();
    let mut pairs: Vec<(char, char)> = chars.windows(2).map(|two| (two[0], two[1])).collect();
    pairs.sort_unstable();
    pairs.dedup();
    pairs
}

/// How many entries two sorted lists share.
fn shared(a: &[(char, char)], b: &[(char, char)]) -> usize {
    let (mut i, mut j, mut same) = (0, 0, 0);
    while i < a.len() && j < b.len() {
        match a[i].cmp(&b[j]) {
            std::cmp::Ordering::Less => i += 1,
            std::cmp::Ordering::Greater => j += 1,
            std::cmp::Ordering::Equal => (i, j, same) = (i + 1, j + 1, same + 1),
        }
    }
    same
}

/// Items anywhere in the content that ask and offer nearly the same. True-false statements of opposite truth are left alone: one
/// changed word is what they are about, and `group` keeps them out of one exam.
fn near_duplicates(items: &[&BankItem], report: &Report) {
    let sides = |item: &BankItem| match item.item.body {
        ItemBody::TrueFalse { answer, .. } => Some(answer),
        _ => None,
    };
    let mut sets: Vec<(&BankItem, Vec<(char, char)>)> = items.iter().map(|item| (*item, pairs(item))).collect();
    sets.retain(|(_, pairs)| !pairs.is_empty());
    // By size, so that only neighbours need comparing: sets of too different a size cannot agree enough.
    sets.sort_by_key(|(_, pairs)| pairs.len());
    for (nth, (item, ours)) in sets.iter().enumerate() {
        let near = sets[nth + 1..]
            .iter()
            .take_while(|(_, theirs)| theirs.len() * ALIKE <= ours.len() * 100);
        for (other, theirs) in near {
            let same = shared(ours, theirs);
            let either = ours.len() + theirs.len() - same;
            if same * 100 >= either * ALIKE && sides(item) == sides(other) {
                let (first, second) = if item.place < other.place {
                    (item, other)
                } else {
                    (other, item)
                };
                let message = format!("`{}` is nearly the same as `{}`", second.item.id, first.item.id);
                let remedy = "drop one of them or ask for something else";
                report.add(second.place.clone(), Rule::GiveawayTwin, message, remedy);
            }
        }
    }
}
