//! Pictures for hazard spotting: SVG by allow-list, and what a finger needs of it.
//!
//! Only what stands on the lists below leaves this file: it is written anew from what was understood, so that nothing of
//! the author's markup reaches a page by itself. The XML is read by `roxmltree`, which refuses document types and with them
//! entities.

use crate::diagnostic::{Place, Report, Rule};
use crate::fields::Fields;
use crate::reader::Reader;
use crate::source::{Source, Tree};
use domain::ids::OptionId;
use roxmltree::{Attribute, Document, Node, NodeType};
use std::fmt::Write;

const ELEMENTS: [&str; 13] = [
    "svg", "g", "rect", "circle", "ellipse", "line", "polyline", "polygon", "path", "text", "tspan", "title", "desc",
];
/// The elements whose text is shown or read out; elsewhere there is none.
const TEXTS: [&str; 4] = ["text", "tspan", "title", "desc"];
/// Attributes that hold one number.
const NUMBERS: [&str; 15] = [
    "x",
    "y",
    "width",
    "height",
    "rx",
    "ry",
    "cx",
    "cy",
    "r",
    "x1",
    "y1",
    "x2",
    "y2",
    "stroke-width",
    "font-size",
];
const SVG: &str = "http://www.w3.org/2000/svg";

/// What stands before every id, so that none can shadow an id of the page.
const PREFIX: &str = "s-";
/// The width in CSS px at which a phone of 360 px shows a picture: less its margins.
const SHOWN: i64 = 328;
/// The least width and height of a touch area in CSS px.
const FINGER: i64 = 32;

/// A picture that is sound as far as it was understood.
#[derive(Debug)]
pub(crate) struct Scene {
    /// The clean markup.
    pub(crate) markup: String,
    /// The ids of its regions, without the prefix, with the place of each.
    pub(crate) regions: Vec<(String, Place)>,
}

/// Reads the picture that `field` names.
pub(crate) fn load(
    tree: &Tree<'_>,
    reader: &Reader<'_>,
    folder: &str,
    fields: &Fields<'_>,
    field: &str,
    file: &str,
) -> Option<Scene> {
    if file.is_empty() {
        return None;
    }
    if file
        .strip_suffix(".svg")
        .is_none_or(|stem| stem.parse::<OptionId>().is_err())
    {
        let remedy = "name an SVG in the bank's folder: lower-case ASCII letters, digits and hyphens, then .svg";
        fields.wrong(field, Rule::FieldValue, format!("`{field}` is `{file}`"), remedy);
        return None;
    }
    let path = format!("{folder}/{file}");
    if !tree.has(&path) {
        let message = format!("there is no {path}");
        fields.wrong(field, Rule::FileMissing, message, "draw it, or correct the name");
        return None;
    }
    parse(&tree.read(&path, "draw it")?, reader.report)
}

fn parse(source: &Source, report: &Report) -> Option<Scene> {
    let document = match Document::parse(&source.text) {
        Ok(document) => document,
        Err(error) => {
            let line = usize::try_from(error.pos().row).unwrap_or(1);
            let place = Place {
                line,
                ..Place::top(&source.file)
            };
            let remedy = "write well-formed XML without <!DOCTYPE>";
            report.add(place, Rule::SceneForm, error.to_string(), remedy);
            return None;
        }
    };
    let mut writer = Writer {
        source,
        report,
        markup: String::new(),
        regions: Vec::new(),
        hits: Vec::new(),
    };
    let root = document.root_element();
    let frame = root.attribute("viewBox").and_then(frame);
    match frame {
        Some(_) if root.tag_name().name() == "svg" => {}
        _ => {
            let remedy = "begin with <svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 WIDTH HEIGHT\">";
            writer.slip(
                root.range().start,
                Rule::SceneForm,
                "no <svg> with a viewBox of four numbers",
                remedy,
            );
            return None;
        }
    }
    for node in document.root().children() {
        writer.node(node);
    }
    if let Some(frame) = frame {
        writer.touch(frame);
    }
    Some(Scene {
        markup: writer.markup,
        regions: writer
            .regions
            .into_iter()
            .map(|(id, at)| (id, source.place(at)))
            .collect(),
    })
}

/// x, y, width and height of a rectangle in thousandths of a unit.
type Area = [i64; 4];

/// A touch area: its region, where it stands, and its rectangle.
struct Hit {
    region: String,
    at: usize,
    area: Area,
}

struct Writer<'s> {
    source: &'s Source,
    report: &'s Report,
    markup: String,
    regions: Vec<(String, usize)>,
    hits: Vec<Hit>,
}

impl Writer<'_> {
    fn slip(&self, at: usize, rule: Rule, message: impl Into<String>, remedy: impl Into<String>) {
        self.report.add(self.source.place(at), rule, message, remedy);
    }

    fn node(&mut self, node: Node<'_, '_>) {
        let at = node.range().start;
        match node.node_type() {
            NodeType::Root | NodeType::Comment => {}
            NodeType::PI => self.slip(at, Rule::SceneMarkup, "a processing instruction", "remove it"),
            NodeType::Text => self.text(node),
            NodeType::Element => self.element(node),
        }
    }

    /// Blanks between elements are dropped; text stands in elements for text alone.
    fn text(&mut self, node: Node<'_, '_>) {
        let text = node.text().unwrap_or_default();
        let parent = node.parent_element();
        if parent.is_some_and(|parent| TEXTS.contains(&parent.tag_name().name())) {
            escape(&mut self.markup, text);
        } else if let Some(place) = text.find(|c: char| !c.is_whitespace()) {
            let at = node.range().start + place;
            self.slip(
                at,
                Rule::SceneMarkup,
                "text outside of <text>",
                "put it into <text> or <title>",
            );
        }
    }

    fn element(&mut self, node: Node<'_, '_>) {
        let (name, at) = (node.tag_name().name(), node.range().start);
        let inner_svg = name == "svg" && node.parent_element().is_some();
        if !ELEMENTS.contains(&name) || node.tag_name().namespace() != Some(SVG) || inner_svg {
            let remedy = format!("use only {}", ELEMENTS.join(" "));
            self.slip(at, Rule::SceneMarkup, format!("<{name}> is not allowed"), remedy);
            return;
        }
        // Writing to a String cannot fail.
        let _ = write!(self.markup, "<{name}");
        if name == "svg" {
            let _ = write!(self.markup, " xmlns=\"{SVG}\"");
        }
        for attribute in node.attributes() {
            self.attribute(node, attribute);
        }
        if let Some(id) = node.attribute("id").filter(|_| name == "g") {
            self.region(node, id);
        }
        if has_class(node, "hit") && !is_hit(node) {
            let remedy = "make it the first thing in the <g> of its region";
            self.slip(at, Rule::SceneHit, "a touch area that belongs to no region", remedy);
        }
        if !node.has_children() {
            self.markup.push_str("/>");
            return;
        }
        self.markup.push('>');
        for child in node.children() {
            self.node(child);
        }
        let _ = write!(self.markup, "</{name}>");
    }

    fn attribute(&mut self, node: Node<'_, '_>, attribute: Attribute<'_, '_>) {
        let (name, value) = (attribute.name(), attribute.value());
        let drawing = |c: char| c.is_ascii_alphanumeric() || matches!(c, ' ' | ',' | '.' | '-' | '+' | '\n');
        let fits = match name {
            _ if attribute.namespace().is_some() => None,
            "viewBox" => Some(frame(value).is_some()),
            "id" if node.tag_name().name() == "g" => Some(value.parse::<OptionId>().is_ok()),
            "class" => Some(!value.is_empty() && value.split(' ').all(is_class)),
            "d" | "points" => Some(!value.is_empty() && value.chars().all(drawing)),
            "text-anchor" => Some(["start", "middle", "end"].contains(&value)),
            _ if NUMBERS.contains(&name) => Some(thousandths(value).is_some()),
            _ => None,
        };
        let at = attribute.range().start;
        match fits {
            Some(true) => {
                let prefix = if name == "id" { PREFIX } else { "" };
                let _ = write!(self.markup, " {name}=\"{prefix}");
                escape(&mut self.markup, value);
                self.markup.push('"');
            }
            Some(false) => {
                let message = format!("{name}=\"{value}\" is not allowed");
                let remedy =
                    "classes are hit and c-…, ids lower-case letters, digits and hyphens, measures plain numbers";
                self.slip(at, Rule::SceneMarkup, message, remedy);
            }
            None => {
                let message = format!("the attribute {name} is not allowed on <{}>", node.tag_name().name());
                let remedy = "remove it; colours come from classes, and only a <g> has an id";
                self.slip(at, Rule::SceneMarkup, message, remedy);
            }
        }
    }

    fn region(&mut self, node: Node<'_, '_>, id: &str) {
        let at = node.range().start;
        if self.regions.iter().any(|(known, _)| known == id) {
            self.slip(
                at,
                Rule::IdDuplicate,
                format!("two regions have the id `{id}`"),
                "give one another id",
            );
        }
        self.regions.push((id.into(), at));
        let first = node.first_element_child().filter(|child| is_hit(*child));
        let measure = |rect: Node<'_, '_>| -> Option<Area> {
            let number = |name| rect.attribute(name).and_then(thousandths);
            Some([number("x")?, number("y")?, number("width")?, number("height")?])
        };
        match first.map(|rect| (rect.range().start, measure(rect))) {
            Some((at, Some(area))) => self.hits.push(Hit {
                region: id.into(),
                at,
                area,
            }),
            Some((at, None)) => self.slip(
                at,
                Rule::SceneHit,
                format!("the touch area of `{id}` has no measures"),
                "give it x, y, width and height",
            ),
            None => self.slip(
                at,
                Rule::SceneHit,
                format!("`{id}` does not begin with its touch area"),
                "begin the <g> with <rect class=\"hit\" x=\"…\" y=\"…\" width=\"…\" height=\"…\"/>",
            ),
        }
    }

    /// Holds the touch areas against the finger, the frame and one another.
    fn touch(&self, frame: Area) {
        let least = FINGER * frame[2];
        for (place, Hit { region, at, area }) in self.hits.iter().enumerate() {
            if area[2] * SHOWN < least || area[3] * SHOWN < least {
                let units = (least / SHOWN + 999) / 1_000;
                let message = format!("the touch area of `{region}` is too small for a finger on a phone");
                let remedy = format!("make it {units} units wide and high at least");
                self.slip(*at, Rule::SceneHit, message, remedy);
            }
            let inside =
                |axis: usize| area[axis] >= frame[axis] && area[axis] + area[axis + 2] <= frame[axis] + frame[axis + 2];
            if !inside(0) || !inside(1) {
                let message = format!("the touch area of `{region}` reaches out of the picture");
                self.slip(*at, Rule::SceneHit, message, "keep it inside the viewBox");
            }
            let overlaps = |other: &&Hit| {
                [0, 1].into_iter().all(|axis| {
                    area[axis] < other.area[axis] + other.area[axis + 2]
                        && other.area[axis] < area[axis] + area[axis + 2]
                })
            };
            if let Some(other) = self.hits[..place].iter().find(overlaps) {
                let message = format!("the touch areas of `{}` and `{region}` overlap", other.region);
                self.slip(*at, Rule::SceneHit, message, "draw them apart");
            }
        }
    }
}

fn has_class(node: Node<'_, '_>, class: &str) -> bool {
    node.attribute("class")
        .is_some_and(|classes| classes.split(' ').any(|known| known == class))
}

/// Whether the element is the touch area of the region around it.
fn is_hit(node: Node<'_, '_>) -> bool {
    let parent = node.parent_element();
    node.tag_name().name() == "rect"
        && has_class(node, "hit")
        && parent.is_some_and(|g| g.has_attribute("id") && g.first_element_child() == Some(node))
}

/// `hit`, or `c-` and letters: what a thing is made of.
fn is_class(class: &str) -> bool {
    let material = class.strip_prefix("c-");
    class == "hit" || material.is_some_and(|name| !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase()))
}

/// The four numbers of a viewBox with a width and a height.
fn frame(text: &str) -> Option<Area> {
    let numbers: Option<Vec<i64>> = text.split(' ').map(thousandths).collect();
    let area: Area = numbers?.try_into().ok()?;
    (area[2] > 0 && area[3] > 0).then_some(area)
}

/// A number with at most three decimals, in thousandths; to ±99,999, so that no sum overflows.
fn thousandths(text: &str) -> Option<i64> {
    let (negative, digits) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
    let plain = |text: &str, most| (1..=most).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    if !plain(whole, 5) || !plain(part, 3) {
        return None;
    }
    let value = whole.parse::<i64>().ok()? * 1_000 + format!("{part:0<3}").parse::<i64>().ok()?;
    Some(if negative { -value } else { value })
}

fn escape(markup: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '&' => markup.push_str("&amp;"),
            '<' => markup.push_str("&lt;"),
            '>' => markup.push_str("&gt;"),
            '"' => markup.push_str("&quot;"),
            c => markup.push(c),
        }
    }
}
