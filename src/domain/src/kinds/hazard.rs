//! Hazard spotting on a scene (隐患排查): the person marks what is wrong in a picture and says what kind of hazard it is
//! and what it offends.
//!
//! Per hazard 4 parts: found 2, category 1, ground 1. Each mark on an object in order takes 3 parts away; the sum is never
//! below zero. `Hazard::new` proves that marking everything, whatever the labels, earns nothing.

use super::Earned;
use super::spotting::{self, Blind, Found, Odds, Place, Spot, Weights};
use crate::citation::{Basis, Citation};
use crate::ids::OptionId;
use crate::marking::Invalid;
use crate::shuffle::Seed;

pub use super::spotting::Label;

/// The rule that stands on the page.
pub const WEIGHTS: Weights = Weights {
    found: 2,
    first: 1,
    second: 1,
    false_mark: 3,
};

/// The most regions of a scene.
pub const MOST_REGIONS: usize = 60;

/// A scene and what is in it. `Hazard::new` proves what the kind promises.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hazard {
    scene: String,
    categories: Vec<Label>,
    grounds: Vec<Ground>,
    regions: Vec<Region>,
}

/// What a hazard offends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ground {
    /// Permanent within the item.
    pub id: OptionId,
    /// What is shown.
    pub text: String,
    /// Where it stands; none where it is good practice.
    pub citation: Option<Citation>,
}

/// An object in the scene that can be marked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Region {
    /// The id of the element in the picture.
    pub id: OptionId,
    /// What it is called in the list; says nothing about its state.
    pub label: String,
    /// Its state.
    pub state: RegionState,
}

/// The state of an object: the key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RegionState {
    /// A hazard.
    Hazard {
        /// The category that is right.
        category: OptionId,
        /// The ground that is right.
        ground: OptionId,
        /// What is to be seen, in one sentence.
        finding: String,
        /// Why it is a hazard.
        why: String,
        /// What the key rests on.
        basis: Basis,
    },
    /// In order, and why.
    Fine(String),
}

/// Why something makes no hazard item.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HazardError {
    /// No picture.
    #[error("the scene is empty")]
    NoScene,
    /// Too few or too many categories.
    #[error("a scene has 3 to 6 categories")]
    Categories,
    /// Too few or too many grounds.
    #[error("a scene has 4 to 10 grounds")]
    Grounds,
    /// Too few hazards.
    #[error("a scene has at least 3 hazards")]
    FewHazards,
    /// Too many regions.
    #[error("a scene has at most {MOST_REGIONS} regions")]
    ManyRegions,
    /// More hazards than objects in order.
    #[error("a scene has at least as many objects in order as hazards")]
    FewInOrder,
    /// Two categories, two grounds or two regions have one id.
    #[error("{0} stands twice")]
    DuplicateId(OptionId),
    /// Reads like another one of its list, so that a list read aloud cannot tell them apart.
    #[error("{0} reads the same as another one")]
    DuplicateText(OptionId),
    /// A text that must be there is empty.
    #[error("{0} has an empty text")]
    NoText(OptionId),
    /// A region names a category that is not in the list.
    #[error("{region}: there is no category {category}")]
    UnknownCategory {
        /// The region.
        region: OptionId,
        /// What it names.
        category: OptionId,
    },
    /// A region names a ground that is not in the list.
    #[error("{region}: there is no ground {ground}")]
    UnknownGround {
        /// The region.
        region: OptionId,
        /// What it names.
        ground: OptionId,
    },
    /// Too many hazards share a category or a ground for the number of objects in order.
    #[error(
        "marking everything with one category and one ground earns points: add objects in order or spread the hazards"
    )]
    EverythingPays,
}

impl Hazard {
    /// The item.
    ///
    /// # Errors
    /// The first promise of the kind that is broken.
    pub fn new(
        scene: String,
        categories: Vec<Label>,
        grounds: Vec<Ground>,
        regions: Vec<Region>,
    ) -> Result<Self, HazardError> {
        if scene.trim().is_empty() {
            return Err(HazardError::NoScene);
        }
        if !(3..=6).contains(&categories.len()) {
            return Err(HazardError::Categories);
        }
        if !(4..=10).contains(&grounds.len()) {
            return Err(HazardError::Grounds);
        }
        if regions.len() > MOST_REGIONS {
            return Err(HazardError::ManyRegions);
        }
        distinct(categories.iter().map(|label| (&label.id, &label.text)))?;
        distinct(grounds.iter().map(|ground| (&ground.id, &ground.text)))?;
        distinct(regions.iter().map(|region| (&region.id, &region.label)))?;
        let made = Self {
            scene,
            categories,
            grounds,
            regions,
        };
        made.regions.iter().try_for_each(|region| made.check(region))?;
        let odds = made.odds();
        if odds.faulty < 3 {
            return Err(HazardError::FewHazards);
        }
        if odds.in_order < odds.faulty {
            return Err(HazardError::FewInOrder);
        }
        if odds.everything(WEIGHTS).earned > 0 {
            return Err(HazardError::EverythingPays);
        }
        Ok(made)
    }

    fn check(&self, region: &Region) -> Result<(), HazardError> {
        let texts = match &region.state {
            RegionState::Fine(why) => [why, why],
            RegionState::Hazard {
                category,
                ground,
                finding,
                why,
                ..
            } => {
                if !self.categories.iter().any(|known| known.id == *category) {
                    let (region, category) = (region.id.clone(), category.clone());
                    return Err(HazardError::UnknownCategory { region, category });
                }
                if !self.grounds.iter().any(|known| known.id == *ground) {
                    let (region, ground) = (region.id.clone(), ground.clone());
                    return Err(HazardError::UnknownGround { region, ground });
                }
                [finding, why]
            }
        };
        if texts.iter().any(|text| text.trim().is_empty()) {
            return Err(HazardError::NoText(region.id.clone()));
        }
        Ok(())
    }

    /// The picture: sanitised SVG markup, in which every region is an element with the region's id.
    pub fn scene(&self) -> &str {
        &self.scene
    }

    /// The categories in the author's order, 3 to 6.
    pub fn categories(&self) -> &[Label] {
        &self.categories
    }

    /// The grounds in the author's order, 4 to 10.
    pub fn grounds(&self) -> &[Ground] {
        &self.grounds
    }

    /// The regions in the author's order.
    pub fn regions(&self) -> &[Region] {
        &self.regions
    }

    /// The regions as the list beside the picture shows them: shuffled by `seed`, so that their order gives nothing away.
    pub fn shown_regions(&self, seed: Seed) -> Vec<&Region> {
        let mut shown: Vec<&Region> = self.regions.iter().collect();
        seed.shuffle(&mut shown);
        shown
    }

    /// The marks that are the key: they score full.
    pub fn key(&self) -> Vec<Spot> {
        spotting::key(self.places())
    }

    /// What `marks` earn.
    ///
    /// # Errors
    /// More marks than regions, a region, category or ground that the item does not have, a region marked twice.
    pub fn earned(&self, marks: &[Spot]) -> Result<Earned, Invalid> {
        self.count(marks).map(|found| WEIGHTS.earned(found))
    }

    /// How `marks` turned out; if they are no answer to the item, as if nothing had been marked.
    pub fn found(&self, marks: &[Spot]) -> Found {
        self.count(marks).unwrap_or(Found {
            missed: self.odds().faulty,
            ..Found::default()
        })
    }

    /// What somebody can expect who does not look at the picture.
    pub fn blind(&self) -> Blind {
        self.odds().blind(WEIGHTS)
    }

    fn count(&self, marks: &[Spot]) -> Result<Found, Invalid> {
        let places: Vec<Place<'_>> = self.places().collect();
        let categories = self.categories.iter().map(|label| &label.id);
        let grounds = self.grounds.iter().map(|ground| &ground.id);
        spotting::count(&places, &categories, &grounds, marks)
    }

    fn places(&self) -> impl Iterator<Item = Place<'_>> {
        self.regions.iter().map(|region| Place {
            at: &region.id,
            fault: match &region.state {
                RegionState::Hazard { category, ground, .. } => Some((category, Some(ground))),
                RegionState::Fine(_) => None,
            },
        })
    }

    fn odds(&self) -> Odds {
        let faults: Vec<_> = self.places().filter_map(|place| place.fault).collect();
        let with_first = |id: &OptionId| faults.iter().filter(|(first, _)| *first == id).count();
        let with_second = |id: &OptionId| faults.iter().filter(|(_, second)| *second == Some(id)).count();
        Odds {
            faulty: faults.len(),
            in_order: self.regions.len() - faults.len(),
            firsts: self.categories.len(),
            seconds: self.grounds.len(),
            commonest_first: self
                .categories
                .iter()
                .map(|label| with_first(&label.id))
                .max()
                .unwrap_or(0),
            commonest_second: self
                .grounds
                .iter()
                .map(|ground| with_second(&ground.id))
                .max()
                .unwrap_or(0),
        }
    }
}

/// That a list has no id twice, no text twice and no empty text.
fn distinct<'a>(list: impl Iterator<Item = (&'a OptionId, &'a String)>) -> Result<(), HazardError> {
    let mut seen: Vec<(&OptionId, &str)> = Vec::new();
    for (id, text) in list {
        let text = text.trim();
        if text.is_empty() {
            return Err(HazardError::NoText(id.clone()));
        }
        if seen.iter().any(|(other, _)| *other == id) {
            return Err(HazardError::DuplicateId(id.clone()));
        }
        if seen.iter().any(|(_, other)| *other == text) {
            return Err(HazardError::DuplicateText(id.clone()));
        }
        seen.push((id, text));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn id(text: &str) -> OptionId {
        text.parse().unwrap()
    }

    /// A scene from its notation, a word a region: `a` is in order, `a:c1:g2` a hazard of that category and ground. There
    /// are three categories c1 to c3 and four grounds g1 to g4.
    fn scene(notation: &str) -> Result<Hazard, HazardError> {
        let region = |word: &str| {
            let parts: Vec<&str> = word.split(':').collect();
            let state = match parts[..] {
                [_, category, ground] => RegionState::Hazard {
                    category: id(category),
                    ground: id(ground),
                    finding: "seen".into(),
                    why: "because".into(),
                    basis: Basis::Practice("habit".into()),
                },
                _ => RegionState::Fine("in order".into()),
            };
            Region {
                id: id(parts[0]),
                label: parts[0].to_owned(),
                state,
            }
        };
        let label = |text: &str| Label {
            id: id(text),
            text: text.to_owned(),
        };
        let ground = |text: &str| Ground {
            id: id(text),
            text: text.to_owned(),
            citation: None,
        };
        Hazard::new(
            "<svg/>".into(),
            ["c1", "c2", "c3"].map(label).into(),
            ["g1", "g2", "g3", "g4"].map(ground).into(),
            notation.split_whitespace().map(region).collect(),
        )
    }

    /// Marks from their notation, a word a mark: `a`, `a:c1`, `a:c1:g2`, `a::g2`.
    fn marks(notation: &str) -> Vec<Spot> {
        let mark = |word: &str| {
            let mut parts = word.split(':');
            let mut next = || parts.next().filter(|part| !part.is_empty()).map(id);
            Spot {
                at: next().unwrap(),
                first: next(),
                second: next(),
            }
        };
        notation.split_whitespace().map(mark).collect()
    }

    #[test]
    fn table_of_cases() {
        // marks | earned of 12, or why it is no answer | found missed false category ground
        let table = "
                                              | 0  | 0 3 0 0 0
            a:c1:g1 b:c2:g2 c:c3:g3           | 12 | 3 0 0 3 3
            c:c3:g3 a:c1:g1 b:c2:g2           | 12 | 3 0 0 3 3
            a                                 | 2  | 1 2 0 0 0
            a:c1                              | 3  | 1 2 0 1 0
            a::g1                             | 3  | 1 2 0 0 1
            a:c2:g1                           | 3  | 1 2 0 0 1
            a:c1:g1 b c                       | 8  | 3 0 0 1 1
            x                                 | 0  | 0 3 1 0 0
            a:c1:g1 x                         | 1  | 1 2 1 1 1
            a:c1:g1 x y                       | 0  | 1 2 2 1 1
            a:c1:g1 b:c2:g2 c:c3:g3 x         | 9  | 3 0 1 3 3
            a b c x y z                       | 0  | 3 0 3 0 0
            a:c1:g1 b:c1:g1 c:c1:g1 x y z     | 0  | 3 0 3 1 1
            a:c1:g1 b:c2:g2 c:c3:g3 x y z     | 3  | 3 0 3 3 3
            a a                               | RepeatedOption | 0 3 0 0 0
            q                                 | UnknownOption  | 0 3 0 0 0
            a:g1                              | UnknownOption  | 0 3 0 0 0
            a:c1:c1                           | UnknownOption  | 0 3 0 0 0
            x:c9                              | UnknownOption  | 0 3 0 0 0
            a a a a a a a                     | TooMany        | 0 3 0 0 0";
        let item = scene("a:c1:g1 x b:c2:g2 y c:c3:g3 z").unwrap();
        for line in table.lines().filter(|line| !line.trim().is_empty()) {
            let cells: Vec<&str> = line.split('|').map(str::trim).collect();
            let marks = marks(cells[0]);
            let earned = match item.earned(&marks) {
                Ok(Earned { earned, of: 12 }) => earned.to_string(),
                other => format!("{:?}", other.unwrap_err()),
            };
            let f = item.found(&marks);
            let found = [f.found, f.missed, f.false_marks, f.first_right, f.second_right];
            assert_eq!(
                (earned.as_str(), found.map(|n| n.to_string()).join(" ").as_str()),
                (cells[1], cells[2]),
                "{line}"
            );
        }
    }

    #[test]
    fn what_the_kind_promises_is_proven() {
        let table = "
            a:c1:g1 b:c2:g2 c:c3:g3 x y z           | fine
            a:c1:g1 b:c2:g2 x y z                   | FewHazards
            a:c1:g1 b:c2:g2 c:c3:g3 x y             | FewInOrder
            a:c1:g1 b:c2:g2 c:c3:g3 x y a           | DuplicateId(OptionId(\"a\"))
            a:c4:g1 b:c2:g2 c:c3:g3 x y z           | UnknownCategory { region: OptionId(\"a\"), category: OptionId(\"c4\") }
            a:c1:g5 b:c2:g2 c:c3:g3 x y z           | UnknownGround { region: OptionId(\"a\"), ground: OptionId(\"g5\") }
            a:c1:g1 b:c1:g1 c:c1:g2 x y z           | EverythingPays
            a:c1:g1 b:c1:g1 c:c1:g1 x y z w         | fine";
        for line in table.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let (notation, expected) = line.split_once('|').unwrap();
            let told = scene(notation).map_or_else(|error| format!("{error:?}"), |_| "fine".into());
            assert_eq!(told, expected.trim(), "{line}");
        }
        let many: Vec<String> = (0..61).map(|n| format!("r{n}")).collect();
        assert_eq!(scene(&many.join(" ")), Err(HazardError::ManyRegions));
        let item = scene("a:c1:g1 b:c2:g2 c:c3:g3 x y z").unwrap();
        let again = |categories: &[Label], grounds: &[Ground]| {
            Hazard::new(
                "<svg/>".into(),
                categories.to_vec(),
                grounds.to_vec(),
                item.regions.clone(),
            )
        };
        assert_eq!(
            again(&item.categories[..2], &item.grounds),
            Err(HazardError::Categories)
        );
        assert_eq!(again(&item.categories, &item.grounds[..3]), Err(HazardError::Grounds));
    }

    #[test]
    fn the_blind_earn_next_to_nothing() {
        let item = scene("a:c1:g1 x b:c2:g2 y c:c3:g3 z").unwrap();
        // Three marks hit all hazards 1 time in 20, two of them 9 in 20; a hazard found earns 2 + 1/3 + 1/4 on average:
        // (31/4 + 9 (31/6 - 3)) / 20 of 12.
        let three = Blind {
            everything: 0,
            guesser: 1_135,
            marks: 3,
        };
        assert_eq!(item.blind(), three);
        let venue = scene("a:c1:g1 b:c2:g2 c:c3:g3 d:c1:g4 e:c2:g1 f:c3:g2 g:c1:g3 h:c2:g4 m n o p q r s t");
        let blind = venue.unwrap().blind();
        println!("hazard, 8 of 16: {blind:?}");
        assert!(blind.everything == 0 && blind.guesser < 1_000, "{blind:?}");
    }

    #[test]
    fn a_flood_of_marks_is_refused_at_once() {
        let item = scene("a:c1:g1 x b:c2:g2 y c:c3:g3 z").unwrap();
        let flood = vec![marks("a")[0].clone(); 1_000_000];
        assert_eq!(item.earned(&flood), Err(Invalid::TooMany));
        assert_eq!(item.found(&flood).missed, 3);
    }

    #[test]
    fn the_list_is_shuffled_and_complete() {
        let item = scene("a:c1:g1 x b:c2:g2 y c:c3:g3 z").unwrap();
        let orders: std::collections::BTreeSet<Vec<&OptionId>> = (0..50)
            .map(|seed| item.shown_regions(Seed(seed)).iter().map(|region| &region.id).collect())
            .collect();
        assert!(orders.len() > 30 && orders.iter().all(|order| order.len() == 6));
    }

    fn any_scene() -> impl Strategy<Value = Hazard> {
        (prop::collection::vec((1_u8..=3, 1_u8..=4), 3..9), 0_usize..4).prop_filter_map("pays", |(hazards, more)| {
            let faulty = hazards.iter().enumerate().map(|(n, (c, g))| format!("h{n}:c{c}:g{g} "));
            let fine = (0..hazards.len() + more).map(|n| format!("f{n} "));
            scene(&faulty.chain(fine).collect::<String>()).ok()
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn the_key_is_full_and_only_the_key(
            item in any_scene(),
            words in prop::collection::vec("[hf][0-9](:c[1-4]?(:g[1-5])?)?", 0..14),
            first in 1..=3, second in 1..=4,
        ) {
            let full = item.earned(&item.key()).unwrap();
            prop_assert_eq!(full.earned, full.of);
            prop_assert_eq!(item.earned(&[]), Ok(Earned { earned: 0, ..full }));
            let given: Vec<Spot> = words.iter().flat_map(|word| marks(word.trim_end_matches(":c"))).collect();
            if let Ok(earned) = item.earned(&given) {
                prop_assert!(earned.earned <= earned.of && earned.of == full.of);
                let sorted = |mut marks: Vec<Spot>| { marks.sort(); marks };
                prop_assert_eq!(earned.earned == earned.of, sorted(given) == sorted(item.key()));
            }
            let everything = item.regions.iter().map(|region| format!("{}:c{first}:g{second}", region.id));
            let everything = everything.collect::<Vec<_>>().join(" ");
            prop_assert_eq!(item.earned(&marks(&everything)).unwrap().earned, 0);
        }
    }
}
