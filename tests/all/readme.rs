//! The README's example of the one POST that somebody else's server must implement is true.

use serde_json::Value;
use std::path::Path;
use wire::api::BatchAnswer;

const START: &str = "<!-- post-example:start -->";
const END: &str = "<!-- post-example:end -->";

/// The JSON documents within the markers: each fenced block from its first brace on (what stands before it is HTTP).
fn examples(readme: &str) -> Vec<Value> {
    let (_, rest) = readme
        .split_once(START)
        .unwrap_or_else(|| panic!("README.md must have {START}"));
    let (section, _) = rest
        .split_once(END)
        .unwrap_or_else(|| panic!("README.md must have {END}"));
    let blocks = section.split("```").skip(1).step_by(2);
    let json = blocks.filter_map(|block| Some(block.split_at(block.find('{')?).1));
    json.map(|text| serde_json::from_str(text).unwrap_or_else(|error| panic!("not JSON: {error} in {text}")))
        .collect()
}

#[test]
fn the_example_of_the_one_post_is_true() {
    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("../README.md");
    let examples = examples(&std::fs::read_to_string(readme).expect("README.md must be there"));
    let with = |field: &str| {
        let found = examples.iter().find(|example| example.get(field).is_some());
        found
            .unwrap_or_else(|| panic!("no example with `{field}` between the markers"))
            .clone()
    };
    let request = with("records");
    let records = request["records"].as_array().expect("records is a list");
    assert!(!records.is_empty(), "the example sends nothing");
    for record in records {
        let read = wire::record::read(&record.to_string()).unwrap_or_else(|error| panic!("{error}: {record}"));
        assert_ne!(
            read.body,
            domain::record::RecordBody::Unknown,
            "the example shows a kind that nobody knows: {record}"
        );
    }
    let answer: BatchAnswer = serde_json::from_value(with("verdicts")).expect("the answer is a BatchAnswer");
    assert_eq!(answer.verdicts.len(), records.len(), "one verdict for each record");
    for (verdict, record) in answer.verdicts.iter().zip(records) {
        assert_eq!(
            verdict.id.as_deref(),
            record["id"].as_str(),
            "verdicts come in the order of the records"
        );
        assert!(
            ["stored", "duplicate", "conflict", "rejected"].contains(&verdict.verdict.as_str()),
            "{verdict:?}"
        );
        assert_eq!(
            verdict.code.is_some(),
            ["conflict", "rejected"].contains(&verdict.verdict.as_str()),
            "{verdict:?}"
        );
    }
}
