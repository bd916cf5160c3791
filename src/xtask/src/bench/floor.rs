//! The floor of the page: ten questions of the same bank as a page that somebody wrote by hand. Static markup, one small
//! script, one small style sheet, no storage.
//!
//! Its choices are disabled until the script has put its hands on them, as a careful author would do: a press before
//! that would be lost, and 'can be pressed' must mean the same on both pages.

use anyhow::{Context, Result, ensure};
use std::fmt::Write;
use wire::item::ItemForm;
use wire::pack::BankPack;

/// How many questions a practice has.
const QUESTIONS: usize = 10;

const SCRIPT: &str = r#"var answers = JSON.parse(document.getElementById("key").textContent);
function same(a, b) { return a.length === b.length && a.every(function (id) { return b.indexOf(id) >= 0; }); }
function mark(question) {
  var key = answers[question.id];
  var chosen = [].slice.call(question.querySelectorAll("[data-chosen], :checked")).map(function (e) { return e.dataset.option; });
  var out = question.querySelector(".feedback");
  var right = same(chosen, key.right);
  out.dataset.bench = "feedback";
  out.dataset.outcome = right ? "right" : "wrong";
  out.textContent = (right ? "回答正确。" : "回答错误。") + key.explanation;
  out.hidden = false;
}
[].forEach.call(document.querySelectorAll("section"), function (question) {
  [].forEach.call(question.querySelectorAll("button[data-option]"), function (button) {
    button.addEventListener("click", function () { button.dataset.chosen = "1"; mark(question); });
  });
  var check = question.querySelector("[data-bench=check]");
  if (check) check.addEventListener("click", function () { mark(question); });
});
[].forEach.call(document.querySelectorAll("[data-option]"), function (choice) { choice.disabled = false; });
"#;

const STYLE: &str = "body{font:1rem/1.7 system-ui,sans-serif;max-width:44rem;margin:0 auto;padding:1rem}\
section{border-bottom:1px solid #ccc;padding:1rem 0}\
button,label{display:block;width:100%;text-align:left;padding:.75rem;margin:.5rem 0;font:inherit;border:1px solid #888;background:#fff}\
.feedback{background:#eef;padding:.75rem}\n";

/// The files of the floor: path and content.
///
/// # Errors
/// The bank has fewer questions, or cannot be written as JSON.
pub(crate) fn files(bank: &BankPack) -> Result<Vec<(&'static str, String)>> {
    ensure!(
        bank.items.len() >= QUESTIONS,
        "the bank {} has fewer than {QUESTIONS} items",
        bank.bank
    );
    let items = &bank.items[..QUESTIONS];
    let mut body = String::new();
    let mut key = serde_json::Map::new();
    for (place, item) in items.iter().enumerate() {
        question(&mut body, place + 1, item).context("cannot write the page")?;
        let right: Vec<&str> = choices(item)
            .into_iter()
            .filter(|choice| choice.right)
            .map(|choice| choice.id)
            .collect();
        key.insert(
            item.id.clone(),
            serde_json::json!({ "right": right, "explanation": item.explanation }),
        );
    }
    let key = serde_json::to_string(&key)?.replace("</", "<\\/");
    let page = format!(
        "<!DOCTYPE html>\n<html lang=\"zh-CN\">\n<head>\n<meta charset=\"utf-8\">\n<title>{title}</title>\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<link rel=\"stylesheet\" href=\"floor.css\">\n\
         <link rel=\"icon\" href=\"data:,\">\n</head>\n<body>\n<main data-page=\"practice\">\n<h1>{title}</h1>\n{body}</main>\n\
         <script type=\"application/json\" id=\"key\">{key}</script>\n<script src=\"floor.js\"></script>\n</body>\n</html>\n",
        title = escape(&bank.title.zh)
    );
    Ok(vec![
        ("floor.html", page),
        ("floor.js", SCRIPT.to_owned()),
        ("floor.css", STYLE.to_owned()),
    ])
}

struct Choice<'a> {
    id: &'a str,
    text: &'a str,
    right: bool,
}

fn choices(item: &ItemForm) -> Vec<Choice<'_>> {
    match item.answer {
        Some(answer) => [("true", "正确", answer), ("false", "错误", !answer)]
            .map(|(id, text, right)| Choice { id, text, right })
            .into(),
        None => item
            .options
            .iter()
            .map(|o| Choice {
                id: &o.id,
                text: &o.text,
                right: o.right,
            })
            .collect(),
    }
}

fn question(out: &mut String, place: usize, item: &ItemForm) -> std::fmt::Result {
    writeln!(
        out,
        "<section id=\"{}\">\n<h2>{place}. {}</h2>",
        item.id,
        escape(&item.stem)
    )?;
    let multiple = item.kind == "multiple";
    for Choice { id, text, .. } in choices(item) {
        let bench = format!("data-bench=\"choice\" data-option=\"{id}\" disabled");
        if multiple {
            writeln!(out, "<label><input type=\"checkbox\" {bench}> {}</label>", escape(text))?;
        } else {
            writeln!(out, "<button type=\"button\" {bench}>{}</button>", escape(text))?;
        }
    }
    if multiple {
        writeln!(out, "<button type=\"button\" data-bench=\"check\">提交答案</button>")?;
    }
    writeln!(out, "<p class=\"feedback\" role=\"status\" hidden></p>\n</section>")
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bank(kinds: &[&str]) -> BankPack {
        let item = |(at, kind): (usize, &&str)| {
            let options =
                serde_json::json!([{ "id": "a", "text": "<甲>", "right": true }, { "id": "b", "text": "乙" }]);
            let mut form = serde_json::json!({
                "id": format!("x-{at}"), "revision": 1, "kind": kind, "topics": [], "difficulty": 1, "stem": "甲 & 乙？",
                "basis": {}, "explanation": "</script>"
            });
            if *kind == "true-false" {
                form["answer"] = false.into();
            } else {
                form["options"] = options;
            }
            form
        };
        let items: Vec<_> = kinds.iter().enumerate().map(item).collect();
        let pack =
            serde_json::json!({ "v": 1, "bank": "x", "title": { "zh": "题" }, "regulations": {}, "items": items });
        serde_json::from_value(pack).unwrap()
    }

    #[test]
    fn ten_questions_with_their_choices_and_nothing_that_breaks_out() {
        let kinds = ["single", "multiple", "true-false"].repeat(4);
        let files = files(&bank(&kinds)).unwrap();
        let page = &files[0].1;
        assert_eq!(page.matches("<section").count(), 10);
        assert_eq!(page.matches("data-bench=\"choice\"").count(), 20);
        assert_eq!(page.matches("data-bench=\"check\"").count(), 3);
        assert!(page.contains("&lt;甲&gt;") && page.contains("甲 &amp; 乙") && !page.contains("\"</script>"));
        assert!(super::files(&bank(&kinds[..9])).is_err());
    }
}
