//! A radar chart of the seven criteria. Integers only: what an engine draws is the same everywhere.

use crate::html::{Html, svg};
use crate::text::{self, Lang, case};
use domain::kinds::branching::Criterion;

/// From the centre to the outer ring. The directions are in thousandths, so a point on an axis is its direction times the
/// share earned.
const RADIUS: u32 = 1_000;

/// Sine and negative cosine of the sevenths of a full turn, in thousandths: the first axis points up, the others follow
/// clockwise.
const DIRECTIONS: [(i32, i32); 7] = [
    (0, -1_000),
    (782, -623),
    (975, 223),
    (434, 901),
    (-434, 901),
    (-975, 223),
    (-782, -623),
];

/// Where the labels stand, in thousandths of the radius.
const LABELS: i32 = 1_120;

/// From one line of a label to the next.
const LINE: i32 = 180;

/// What of the radius is earned, 0 to `RADIUS`; nothing of nothing is nothing.
fn reach((earned, of): (u32, u32)) -> i32 {
    let share = u64::from(earned.min(of)) * u64::from(RADIUS) / u64::from(of.max(1));
    i32::try_from(share).unwrap_or(0)
}

/// The corners of a shape that reaches so far on each axis, as an SVG list of points.
fn points(reaches: [i32; 7]) -> String {
    let corners = DIRECTIONS.iter().zip(reaches);
    let corners = corners.map(|((x, y), reach)| format!("{},{}", x * reach / 1_000, y * reach / 1_000));
    corners.collect::<Vec<_>>().join(" ")
}

/// Where the label of an axis begins: x, y of its first line, and which end of the text stands there.
fn label_place((x, y): (i32, i32)) -> (i32, i32, &'static str) {
    // Two lines stand above the uppermost corner, beside those at the sides, and below the lowest ones.
    let down = match y {
        ..=-900 => -LINE,
        -899..=500 => 0,
        _ => 120,
    };
    let anchor = match x {
        ..=-100 => "end",
        -99..=99 => "middle",
        _ => "start",
    };
    (x * LABELS / 1_000, y * LABELS / 1_000 + down, anchor)
}

/// A criterion's name in two lines, the second with the score.
fn label_lines(name: &str, (earned, of): (u32, u32)) -> [String; 2] {
    let (first, second): (Vec<_>, Vec<_>) = name.chars().enumerate().partition(|(place, _)| *place < 4);
    let [first, second] = [first, second].map(|part| part.into_iter().map(|(_, c)| c).collect::<String>());
    [first, format!("{second} {earned}/{of}")]
}

/// What the chart says to somebody who does not see it.
fn words(scores: [(u32, u32); 7], lang: Lang) -> String {
    let said = Criterion::ALL.into_iter().zip(scores);
    let said = said.map(|(criterion, (earned, of))| format!("{} {earned}/{of}", case::criterion(criterion).get(lang)));
    let said = said.collect::<Vec<_>>().join(text::AND.get(lang));
    case::RADAR.with(lang, &[&said])
}

/// The chart of what was earned on each criterion and what could be, in the order of `Criterion::ALL`.
pub fn radar(scores: [(u32, u32); 7], lang: Lang) -> Html {
    let ring = |part: i32, class: &str| svg("polygon").attr("class", class).attr("points", &points([part; 7]));
    let spoke = |(x, y): &(i32, i32)| {
        svg("line")
            .attr("class", "radar-ring")
            .attr("x2", &x.to_string())
            .attr("y2", &y.to_string())
    };
    let dot = |((x, y), score): (&(i32, i32), (u32, u32))| {
        let reach = reach(score);
        svg("circle")
            .attr("class", "radar-dot")
            .attr("cx", &(x * reach / 1_000).to_string())
            .attr("cy", &(y * reach / 1_000).to_string())
            .attr("r", "36")
    };
    let label = |(place, criterion): (usize, Criterion)| {
        let (x, y, anchor) = label_place(DIRECTIONS[place]);
        let lines = label_lines(criterion.name(), scores[place]);
        let line = |(line, words): (i32, &String)| {
            svg("tspan")
                .attr("x", &x.to_string())
                .attr("y", &(y + line * LINE).to_string())
                .text(words)
        };
        svg("text")
            .attr("text-anchor", anchor)
            .attr("lang", "zh-CN")
            .all((0..).zip(&lines).map(line))
    };
    svg("svg")
        .attr("class", "radar")
        .attr("viewBox", "-1900 -1460 3800 2820")
        .attr("role", "img")
        .attr("aria-label", &words(scores, lang))
        .attr("lang", lang.code())
        .all([250, 500, 750].map(|part| ring(part, "radar-ring")))
        .child(ring(1_000, "radar-full"))
        .all(DIRECTIONS.iter().map(spoke))
        .child(
            svg("polygon")
                .attr("class", "radar-area")
                .attr("points", &points(scores.map(reach))),
        )
        .all(DIRECTIONS.iter().zip(scores).map(dot))
        .all(Criterion::ALL.into_iter().enumerate().map(label))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_directions_are_sevenths_of_a_turn() {
        for (place, (x, y)) in DIRECTIONS.iter().enumerate() {
            let length = x * x + y * y;
            assert!((998_000..=1_002_000).contains(&length), "{place}: {length}");
            // Each one is the next one's neighbour: their product is the cosine of a seventh of a turn.
            let (next_x, next_y) = DIRECTIONS[(place + 1) % 7];
            let cosine = x * next_x + y * next_y;
            assert!((621_000..=626_000).contains(&cosine), "{place}: {cosine}");
            // Clockwise, where y points down.
            assert!(x * next_y - y * next_x > 0, "{place}");
        }
    }

    #[test]
    fn corners_stand_where_the_share_says() {
        assert_eq!(
            points([1_000; 7]),
            "0,-1000 782,-623 975,223 434,901 -434,901 -975,223 -782,-623"
        );
        assert_eq!(points([0; 7]), "0,0 0,0 0,0 0,0 0,0 0,0 0,0");
        let scores = [(0, 3), (1, 2), (3, 3), (1, 4), (9, 3), (0, 0), (1, 3)];
        assert_eq!(scores.map(reach), [0, 500, 1_000, 250, 1_000, 0, 333]);
        assert_eq!(
            points(scores.map(reach)),
            "0,0 391,-311 975,223 108,225 -434,901 0,0 -260,-207"
        );
        assert_eq!(reach((u32::MAX, u32::MAX)), 1_000);
    }

    #[test]
    fn labels_stand_outside_and_inside_the_picture() {
        for (x, y) in DIRECTIONS {
            let (at_x, at_y, anchor) = label_place((x, y));
            assert!(at_x * at_x + at_y * at_y > 1_000_000, "{x},{y}");
            // Four characters of 160 and, in the second line, two with a score such as 12/13.
            let (left, right) = match anchor {
                "start" => (at_x, at_x + 780),
                "end" => (at_x - 780, at_x),
                _ => (at_x - 390, at_x + 390),
            };
            assert!(left >= -1_900 && right <= 1_900, "{x},{y}");
            assert!(at_y - 160 >= -1_460 && at_y + LINE + 40 <= 1_360, "{x},{y}: {at_y}");
        }
        assert_eq!(label_lines("计划方案科学", (2, 3)), ["计划方案", "科学 2/3"]);
    }

    #[test]
    fn the_words_name_every_axis() {
        let said = words([(1, 2); 7], Lang::Zh);
        assert!(
            Criterion::ALL
                .iter()
                .all(|one| said.contains(&format!("{} 1/2", one.name())))
        );
    }
}
