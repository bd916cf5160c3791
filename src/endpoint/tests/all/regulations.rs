//! Texts of regulations: imported from both forms, held against the registry, served and written out.

use crate::content::{catalogue, get, swapped};
use crate::content_fixture::{Deployment, all, folder};
use crate::process::start_with;
use serde_json::{Value, json};
use std::fs;
use tempfile::TempDir;

fn text() -> Value {
    let article = |n: u16, text: &str| json!({"n": n, "label": "x", "chapter": "第一章 总则", "text": text});
    json!({
        "id": "fa", "title": "某安全法", "aliases": ["安全法"], "version": "2021-06-10", "effective": "2021-09-01", "preamble": [],
        "articles": [article(1, "为了安全。"), article(2, "老板管。\n（一）人；"), article(3, "施行。")], "annex": null
    })
}

const MARKDOWN: &str = "# 中华人民共和国某安全法\n\n2002年9月29日 某会通过\n\n2021年6月10日 修订\n\n<!-- INFO END -->\n\n## 第一章 总 则\n\n\
    第一条 为了安全。\n\n第二条 老板管。\n\n（一）人；\n\n第三条 施行。\n";

fn json_folder(value: &Value) -> TempDir {
    let text = serde_json::to_string_pretty(value).unwrap();
    folder(&[("fa.json".into(), text), ("index.json".into(), "[]".into())])
}

fn import(here: &Deployment, from: &TempDir) -> String {
    here.well(&["regulations", "import", from.path().to_str().unwrap()])
}

#[test]
fn both_forms_give_the_same_text() {
    let (one, other) = (Deployment::new(), Deployment::new());
    let said = import(&one, &json_folder(&text()));
    assert!(
        said.contains("imported: 1 texts, 3 articles; 1 are installed"),
        "{said}"
    );
    import(&other, &folder(&[("法律/某安全法.md".into(), MARKDOWN.into())]));
    let read = |here: &Deployment| -> Value {
        let path = here.data.join("regulations/g-1/fa@2021-06-10.json");
        serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
    };
    assert_eq!(read(&one)["articles"], read(&other)["articles"]);
    assert_eq!(read(&one)["articles"][1]["text"], "老板管。\n（一）人；");
    assert_eq!(one.plain(&["regulations", "list"]), "fa@2021-06-10  某安全法  3 条\n");
    one.plain(&["regulations", "remove", "fa@2021-06-10"]);
    assert!(one.plain(&["regulations", "list"]).starts_with("没有安装"));
}

/// The files of a folder, and what is said of it.
type Row<'a> = (Vec<(String, String)>, Vec<&'a str>);

#[test]
fn bad_files_are_named_with_their_lines_and_nothing_is_imported_by_halves() {
    let here = Deployment::new();
    import(&here, &json_folder(&text()));
    let before = all(&here.data);
    let mut gap = text();
    gap["articles"][1]["n"] = 5.into();
    let gap = serde_json::to_string_pretty(&gap).unwrap();
    // The line depends on the order in which this build writes fields.
    let second = gap
        .lines()
        .enumerate()
        .filter(|(_, line)| line.contains("\"n\""))
        .nth(1);
    let told = format!(
        "a.json:{}: article 5 comes where article 2 is expected",
        second.unwrap().0 + 1
    );
    let rows: Vec<Row<'_>> = vec![
        (vec![("a.json".into(), "{\n\"id\": 1}".into())], vec!["a.json:2: "]),
        (vec![("a.json".into(), gap)], vec![&told, "2 problems"]),
        (
            vec![("a.md".into(), MARKDOWN.replace("第三条 施行。", ""))],
            vec!["a.md:5: the text ends with article 2, the registry says 3"],
        ),
        (
            vec![("a.md".into(), MARKDOWN.replace("<!-- INFO END -->", ""))],
            vec!["a.md:1: there is no line `<!-- INFO END -->`"],
        ),
        (
            vec![("b/某安全法(2021-06-10).md".into(), "---\ntitle: x\n".into())],
            vec!["b/某安全法(2021-06-10).md:1: the first line is no title"],
        ),
        (
            vec![
                ("fa.json".into(), text().to_string()),
                ("index.json".into(), "[{\"id\": \"fa\"},\n{\"id\": \"other\"}]".into()),
            ],
            vec!["index.json:2: other.json is missing"],
        ),
        (
            vec![(
                "a.md".into(),
                MARKDOWN
                    .replace("2002年9月29日", "某日")
                    .replace("2021年6月10日", "某日"),
            )],
            vec!["a.md:1: nothing says of which day the text is"],
        ),
        // A good one beside a bad one is not imported either, and two wordings of one version are a mistake.
        (
            vec![
                ("a.md".into(), MARKDOWN.into()),
                ("b.md".into(), MARKDOWN.replace("老板管。", "老板不管。")),
            ],
            vec!["b.md:1: a.md has the same version of this text with other words"],
        ),
        // What the registry does not know is no mistake, but alone it is nothing.
        (
            vec![
                ("a.md".into(), "# 某某条例\n".into()),
                ("b.md".into(), MARKDOWN.replace("2021年6月10日", "2014年8月31日")),
            ],
            vec![
                "left out: a.md: 《某某条例》 is not in the registry",
                "left out: b.md",
                "2014-08-31, the registry has 2021-06-10",
            ],
        ),
    ];
    for (files, expected) in rows {
        let said = here.refused(&["regulations", "import", folder(&files).path().to_str().unwrap()]);
        for part in expected {
            assert!(said.contains(part), "{part}: {said}");
        }
        assert!(said.contains("nothing was changed"), "{said}");
        assert_eq!(all(&here.data), before);
    }
    let bytes = TempDir::new().unwrap();
    fs::write(bytes.path().join("gbk.md"), b"# \xb7\xa8\n").unwrap();
    assert!(
        here.refused(&["regulations", "import", bytes.path().to_str().unwrap()])
            .contains("gbk.md:1: not UTF-8")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_installed_text_is_listed_served_with_a_tag_and_exported() {
    let here = Deployment::new();
    let site = here.site.to_str().unwrap().to_owned();
    let words = ["--site", site.as_str(), "--courses", here.courses.to_str().unwrap()];
    let running = start_with(&here.data, &words);
    assert!(
        catalogue(&running).await.get("texts").is_none(),
        "nothing is promised where nothing is installed"
    );
    let (_, page) = get(&running, "/").await;
    import(&here, &json_folder(&text()));
    swapped(&running, std::str::from_utf8(&page).unwrap()).await;
    let list = catalogue(&running).await["texts"].as_str().unwrap().to_owned();
    let (status, list) = get(&running, &format!("/packs/{list}.json")).await;
    let list = wire::text::TextsPack::read(&list).unwrap();
    let path = &list.texts["fa@2021-06-10"];
    assert!(
        status == 200 && path.starts_with("regulations-text/fa@2021-06-10."),
        "{path}"
    );
    let (status, bytes) = get(&running, &format!("/{path}")).await;
    assert_eq!(status, 200);
    let form = wire::text::TextForm::read(&bytes).unwrap();
    assert_eq!(form.article(2, 0).unwrap().text, "老板管。\n（一）人；");
    assert!(form.article(4, 0).is_none());
    // The tag that came with it asks for nothing to be sent again.
    let client = head(&running, path, None).await;
    let tag = client
        .lines()
        .find_map(|line| line.strip_prefix("etag: "))
        .unwrap()
        .to_owned();
    assert!(head(&running, path, Some(&tag)).await.starts_with("HTTP/1.1 304"));
    let out = here.data.with_file_name("out");
    here.well(&["site", "export", out.to_str().unwrap(), "--site", &site]);
    assert_eq!(fs::read(out.join(path)).unwrap(), bytes);
}

/// The head of the answer.
async fn head(running: &crate::process::Running, path: &str, tag: Option<&str>) -> String {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let mut stream = tokio::net::TcpStream::connect(running.address).await.unwrap();
    let condition = tag.map_or_else(String::new, |tag| format!("if-none-match: {tag}\r\n"));
    let request = format!("HEAD /{path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{condition}\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}
