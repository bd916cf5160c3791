//! Banks without a course or venue: exercises with a page of their own (`exercises/`), and the training stock that
//! assessments draw from (`stock/`).

use crate::content::{BankItem, ExerciseBank, Stock};
use crate::course::STATUSES;
use crate::diagnostic::{Place, Rule};
use crate::document::Document;
use crate::fields::SHORT;
use crate::items;
use crate::reader::{Reader, Space};
use crate::source::Tree;
use domain::catalogue::CourseStatus;
use domain::citation::Basis;
use domain::ids::BankId;
use domain::item::{Item, ItemBody};
use domain::kinds::Exercise;
use wire::Bilingual;

/// The folder of the exercises.
pub(crate) const EXERCISES: &str = "exercises";
/// The folder of the stock.
pub(crate) const STOCK: &str = "stock";

/// What the label of all stock says: everybody can read it.
pub(crate) const LABEL: &str = "公开题库，不得用于正式比赛";

/// Reads the banks of exercises.
pub(crate) fn exercises(tree: &Tree<'_>, reader: &Reader<'_>) -> Vec<ExerciseBank> {
    let folders = tree.folders(EXERCISES).into_iter();
    let read = folders.filter_map(|folder| bank(tree, reader, EXERCISES, &folder));
    read.map(|read| ExerciseBank {
        id: read.id,
        status: read.status,
        title: read.title,
        summary: read.summary,
        bank: crate::content::Bank {
            id: read.slug,
            items: read.items,
        },
    })
    .collect()
}

/// Reads the training stock.
pub(crate) fn stock(tree: &Tree<'_>, reader: &Reader<'_>) -> Vec<Stock> {
    let folders = tree.folders(STOCK).into_iter();
    let read = folders.filter_map(|folder| bank(tree, reader, STOCK, &folder));
    read.map(|read| {
        for item in &read.items {
            assessable(reader, item);
        }
        Stock {
            slug: read.slug.to_string(),
            status: read.status,
            title: read.title,
            label: read.label,
            bank: crate::content::Bank {
                id: read.id,
                items: read.items,
            },
        }
    })
    .collect()
}

struct Read {
    id: BankId,
    slug: BankId,
    status: CourseStatus,
    title: Bilingual,
    summary: Bilingual,
    label: String,
    items: Vec<BankItem>,
}

fn bank(tree: &Tree<'_>, reader: &Reader<'_>, parent: &str, folder: &str) -> Option<Read> {
    let report = reader.report;
    let before = report.count();
    let path = format!("{parent}/{folder}");
    let is_stock = parent == STOCK;
    let own = if is_stock { "label" } else { "summary" };
    let source = tree.read(
        &format!("{path}/bank.toml"),
        "describe the bank: id, slug, title, status",
    );
    // The items do not wait for the bank's description: their errors are told at once.
    let known_as: BankId = match folder.parse() {
        Ok(bank) => bank,
        Err(error) => {
            let message = format!("the folder `{folder}` is no slug");
            report.add(
                Place::top(&format!("{path}/bank.toml")),
                Rule::IdForm,
                message,
                error.to_string(),
            );
            tree.allow(&format!("{path}/items.toml"));
            return None;
        }
    };
    let items = items::load(tree, reader, &path, known_as.clone()).items;
    let source = source?;
    let document = Document::parse(&source, 0..source.text.len(), report);
    let fields = document.root("bank", &["id", "slug", "title", "status", own], &[], report);
    let id = fields.id::<BankId>("id");
    if let Some(id) = id.as_ref().filter(|_| is_stock) {
        reader.claim(Space::Slug, id.as_str(), fields.at("id"));
        if reader.damaged(&known_as) {
            // A stock goes by its id.
            reader.damage(id);
        }
    }
    let slug = fields.id::<BankId>("slug");
    if let Some(slug) = &slug {
        if !is_stock {
            reader.claim(Space::Slug, slug.as_str(), fields.at("slug"));
        }
        if slug.as_str() != folder {
            let message = format!("the slug is `{slug}` but the folder is `{folder}`");
            fields.wrong("slug", Rule::SlugFolder, message, "give both one name");
        }
    }
    let status = fields.one_of("status", &STATUSES);
    let title = fields.bilingual("title", SHORT);
    let (mut summary, mut label) = (Bilingual::default(), String::new());
    if is_stock {
        label = fields.text("label", SHORT);
        // A deployment's own bank is whatever its owner says.
        let own = tree.is_deployment(&format!("{path}/bank.toml"));
        if label != LABEL && fields.has("label") && !own {
            let remedy = format!("write label = \"{LABEL}\"");
            fields.wrong("label", Rule::StockLabel, "the label says something else", remedy);
        }
    } else {
        summary = fields.bilingual("summary", 300);
        reader.passage(fields.at("summary"), &summary.zh);
    }
    if status == Some(CourseStatus::Active) && items.is_empty() && report.count() == before {
        fields.wrong(
            "status",
            Rule::ListEmpty,
            "an active bank has items",
            "add some, or set status = \"draft\"",
        );
    }
    Some(Read {
        id: id?,
        slug: slug?,
        status: status?,
        title,
        summary,
        label,
        items,
    })
}

/// Reports what an assessment must not ask: what rests on no text, and what gives its key away.
fn assessable(reader: &Reader<'_>, entry: &BankItem) {
    let Item { id, body, basis, .. } = &entry.item;
    let add = |rule, message: &str, remedy: &str| {
        let message = format!("item {id}: {message}");
        reader.report.add(entry.place.clone(), rule, message, remedy);
    };
    let inner = match body {
        ItemBody::Exercise(exercise) => wire::exercise::bases(exercise),
        _ => Vec::new(),
    };
    let practice = |basis: &&Basis| matches!(basis, Basis::Practice(_));
    if inner.into_iter().chain([basis]).any(|basis| practice(&basis)) {
        let remedy = "name an article or a text, or move the item to a bank for practice";
        add(Rule::StockBasis, "stock rests on legal texts, this on practice", remedy);
    }
    if let ItemBody::Exercise(exercise) = body
        && let Exercise::Ordering(ordering) = exercise.as_ref()
        && ordering.key().is_sorted()
    {
        let remedy = "rename the steps: papers carry the ids, and in their alphabetical order they are the key";
        add(
            Rule::StockOrder,
            "the ids of the steps stand in the order of the key",
            remedy,
        );
    }
}
