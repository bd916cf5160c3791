//! Where the regions of a picture are: its markup says it, before anything is drawn and without asking the browser.
//!
//! A region is a group whose id is `s-` and the region's id; the first rectangle of the class `hit` in it is its place.

use super::lens::{SIDE, percent};
use std::collections::HashMap;

/// What stands before a region's id in the id of its group.
pub(super) const PREFIX: &str = "s-";

/// A rectangle of the picture, in ten-thousandths of its width and height.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    left: i64,
    top: i64,
    width: i64,
    height: i64,
}

impl Place {
    /// As declarations for something that lies over the picture.
    pub(super) fn css(self) -> String {
        format!(
            "left:{};top:{};width:{};height:{}",
            percent(self.left),
            percent(self.top),
            percent(self.width),
            percent(self.height)
        )
    }
}

/// The places of all regions of a picture, by the regions' ids; those that lack one are left out.
pub fn places(markup: &str) -> HashMap<String, Place> {
    let mut places = HashMap::new();
    let mut view = None;
    let mut region: Option<&str> = None;
    for tag in markup.split('<').skip(1) {
        let tag = tag.split('>').next().unwrap_or_default();
        let name = tag.split(|c: char| c.is_whitespace() || c == '/').next();
        match name.unwrap_or_default() {
            "svg" => view = view.or_else(|| view_of(tag)),
            "g" => region = attribute(tag, "id").and_then(|id| id.strip_prefix(PREFIX)).or(region),
            "rect" if attribute(tag, "class").is_some_and(|class| class.split(' ').any(|word| word == "hit")) => {
                let place = view.and_then(|view| place_of(tag, view));
                if let (Some(region), Some(place)) = (region.take(), place) {
                    places.insert(region.to_owned(), place);
                }
            }
            _ => {}
        }
    }
    places
}

/// The picture's own rectangle in its units, in thousandths.
fn view_of(tag: &str) -> Option<[i64; 4]> {
    let value = attribute(tag, "viewBox").or_else(|| attribute(tag, "viewbox"))?;
    let mut numbers = value.split([' ', ',']).filter(|word| !word.is_empty()).map(thousandths);
    let mut next = || numbers.next().flatten();
    let view = [next()?, next()?, next()?, next()?];
    (view[2] > 0 && view[3] > 0).then_some(view)
}

fn place_of(tag: &str, view: [i64; 4]) -> Option<Place> {
    let number = |name: &str| attribute(tag, name).map_or(Some(0), thousandths);
    let (x, y) = (number("x")? - view[0], number("y")? - view[1]);
    let part = |length: i64, whole: i64| (length * SIDE / whole).clamp(0, SIDE);
    let (left, top) = (part(x, view[2]), part(y, view[3]));
    Some(Place {
        left,
        top,
        width: part(x + number("width")?, view[2]) - left,
        height: part(y + number("height")?, view[3]) - top,
    })
}

/// The value of an attribute within a tag.
fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let mut from = 0;
    while let Some(found) = tag[from..].find(name) {
        let start = from + found;
        from = start + name.len();
        let alone = tag[..start].ends_with(char::is_whitespace);
        if let Some(value) = tag[from..].strip_prefix("=\"").filter(|_| alone) {
            return value.split('"').next();
        }
    }
    None
}

/// A decimal number in thousandths; what lies behind the third place is dropped.
fn thousandths(text: &str) -> Option<i64> {
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let known = |text: &str| text.len() <= 9 && text.bytes().all(|byte| byte.is_ascii_digit());
    if !known(whole) || !known(part) || digits.is_empty() {
        return None;
    }
    let part: String = part.chars().chain("000".chars()).take(3).collect();
    let number = |text: &str| {
        if text.is_empty() {
            Some(0)
        } else {
            text.parse::<i64>().ok()
        }
    };
    Some(sign * (number(whole)? * 1_000 + number(&part)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_are_where_their_touch_areas_are() {
        let markup = r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 720 540"><title>x</title>
            <rect class="c-wall" x="1" y="1" width="9" height="9"/>
            <g id="s-back-door"><rect class="hit" x="72" y="135.5" rx="3" width="36" height="54"/><rect class="c-metal" x="0"/></g>
            <g><rect class="hit" x="1" y="1" width="1" height="1"></rect></g>
            <g id="s-bare"><path d="M0 0"/></g>
            <g
              id="s-corner"><rect width="900" height="10" class="c-line hit"></rect></g></svg>"#;
        let places = places(markup);
        assert_eq!(places.len(), 2);
        assert_eq!(
            places["back-door"].css(),
            "left:10.00%;top:25.09%;width:5.00%;height:10.00%"
        );
        assert_eq!(
            places["corner"].css(),
            "left:0.00%;top:0.00%;width:100.00%;height:1.85%"
        );
    }

    #[test]
    fn every_region_of_the_kitchen_has_its_place() {
        let scene = include_str!("../../../../../courses/exercises/small-restaurant-hazards/kitchen.svg");
        let groups = scene.matches("<g id=\"").count();
        assert!(groups > 8);
        assert_eq!(places(&scene.replace("<g id=\"", "<g id=\"s-")).len(), groups);
    }

    #[test]
    fn what_is_no_picture_has_no_places() {
        for markup in [
            "",
            "<",
            "<svg",
            "<svg viewBox=\"0 0 0 0\"><g id=\"s-a\"><rect class=\"hit\"/></g>",
            "<svg viewBox=\"0 0 1\"><g id=\"s-a\"><rect class=\"hit\"/></g>",
            "<svg viewBox=\"0 0 9 9\"><g id=\"s-a\"><rect class=\"hit\" x=\"1e9\"/></g>",
        ] {
            assert!(places(markup).is_empty(), "{markup}");
        }
    }

    #[test]
    fn numbers_are_read_as_written() {
        let table = [
            ("12", Some(12_000)),
            ("-0.5", Some(-500)),
            (".25", Some(250)),
            ("3.14159", Some(3_141)),
            ("", None),
            ("-", None),
            ("1.2.3", None),
            ("9999999999", None),
        ];
        for (text, number) in table {
            assert_eq!(thousandths(text), number, "{text}");
        }
    }
}
