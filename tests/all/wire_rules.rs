//! Which test holds which rule of the wire (DESIGN §5). Each of these tests fails when its rule is taken out of the code.

use std::path::Path;

const OUTBOX: &str = "src/web/src/state/outbox.rs";
const INBOX: &str = "src/web/src/state/inbox.rs";
const QUARANTINE: &str = "src/web/src/state/quarantine.rs";
const PORTABLE: &str = "src/web/src/state/portable.rs";
const PROGRESS: &str = "src/domain/src/progress.rs";
const RECORDS: &str = "src/endpoint/tests/all/records.rs";
const MARKING: &str = "src/endpoint/tests/all/marking.rs";
const PACKS: &str = "src/endpoint/tests/all/packs_for_ever.rs";
const SERVERS: &str = "tests/all/journeys/other_servers.rs";

/// A rule, and its tests: the file, and the function in it.
type Rule = (&'static str, &'static [(&'static str, &'static str)]);

const RULES: &[Rule] = &[
    (
        "a restored endpoint has another epoch, and cursors of the former one begin anew",
        &[
            (
                "src/endpoint/tests/all/process.rs",
                "a_backup_is_restored_and_what_it_lacks_comes_again",
            ),
            (RECORDS, "pages_lead_through_all_records_once"),
        ],
    ),
    (
        "whoever hears of another epoch sends everything again and gets everything from the beginning",
        &[
            (
                OUTBOX,
                "a_new_epoch_has_everything_sent_again_and_what_was_refused_tried_again",
            ),
            (
                INBOX,
                "after_a_restore_everything_is_sent_again_and_comes_from_the_beginning",
            ),
        ],
    ),
    (
        "an epoch that never stays the same makes no device send without end",
        &[(OUTBOX, "an_epoch_that_never_stays_the_same_does_not_send_without_end")],
    ),
    (
        "what is refused goes into the quarantine with its code and holds nothing else back",
        &[
            (RECORDS, "each_refusal_has_its_code_and_holds_nothing_else_back"),
            (
                OUTBOX,
                "the_stored_bytes_are_sent_and_each_verdict_settles_its_record_alone",
            ),
            (SERVERS, "a_refused_record_is_shown_and_blocks_no_other"),
        ],
    ),
    (
        "the quarantine goes along in the exported file",
        &[(
            PORTABLE,
            "a_refusal_and_a_doubt_go_along_and_the_refused_may_be_tried_where_it_arrives",
        )],
    ),
    (
        "each build of the app tries once what was refused, whichever builds are open; of an erased person nothing",
        &[
            (
                QUARANTINE,
                "a_build_tries_once_what_it_has_not_tried_and_an_erased_person_never",
            ),
            (QUARANTINE, "a_note_keeps_every_build_once_and_the_last_code"),
            (
                OUTBOX,
                "an_endpoint_that_refuses_for_ever_is_asked_once_by_each_build_also_where_two_are_open",
            ),
        ],
    ),
    (
        "what was refused and has arrived all the same leaves the quarantine",
        &[(INBOX, "what_was_refused_and_has_arrived_since_is_refused_no_longer")],
    ),
    (
        "a batch is halved at 413 until the record at fault is alone",
        &[
            (RECORDS, "whole_requests_are_refused_with_status_and_code"),
            (
                OUTBOX,
                "a_batch_too_large_is_halved_until_the_one_record_at_fault_is_found",
            ),
            (SERVERS, "batches_shrink_and_tries_go_on_until_all_is_taken"),
        ],
    ),
    (
        "Retry-After is said and obeyed",
        &[
            (RECORDS, "a_token_that_asks_too_often_is_told_when_to_come_back"),
            (OUTBOX, "refusals_of_the_whole_keep_everything"),
            (
                "src/web/src/state/pace.rs",
                "an_endpoint_that_asked_to_be_left_alone_is_left_alone",
            ),
        ],
    ),
    (
        "401 keeps everything and asks to link again",
        &[
            (RECORDS, "whole_requests_are_refused_with_status_and_code"),
            (OUTBOX, "refusals_of_the_whole_keep_everything"),
            (INBOX, "what_is_no_answer_of_the_endpoint_changes_nothing"),
            (SERVERS, "a_refused_token_keeps_everything_and_asks_to_link_again"),
        ],
    ),
    (
        "the 200 of a captive portal acknowledges nothing",
        &[
            (OUTBOX, "a_captive_portal_acknowledges_nothing"),
            (INBOX, "what_is_no_answer_of_the_endpoint_changes_nothing"),
            (SERVERS, "a_captive_portal_acknowledges_nothing"),
        ],
    ),
    (
        "records of a newer version are kept and given back to the byte",
        &[
            (
                RECORDS,
                "unknown_kinds_and_newer_versions_are_kept_and_given_back_to_the_byte",
            ),
            (
                INBOX,
                "everything_comes_back_byte_for_byte_and_only_what_is_new_is_asked_for_again",
            ),
            (
                OUTBOX,
                "the_stored_bytes_are_sent_and_each_verdict_settles_its_record_alone",
            ),
            (
                "src/wire/src/record.rs",
                "what_this_build_does_not_know_is_kept_as_unknown",
            ),
        ],
    ),
    (
        "a time far ahead of the endpoint's clock is doubted, by the endpoint",
        &[
            (RECORDS, "a_time_far_ahead_is_kept_and_doubted"),
            (
                "src/endpoint/tests/all/assessment.rs",
                "an_answer_of_a_clock_far_ahead_is_not_the_last_one_of_a_self_test",
            ),
        ],
    ),
    (
        "a doubtful time is ordered by receipt, on every device alike",
        &[
            (PROGRESS, "a_clock_far_ahead_does_what_a_right_clock_does"),
            (PROGRESS, "any_order_batching_and_repetition_gives_the_same_progress"),
            (
                PROGRESS,
                "the_answer_of_a_clock_a_year_ahead_is_not_the_last_one_for_a_year",
            ),
            (
                "src/domain/src/exam.rs",
                "a_device_whose_clock_is_far_ahead_does_not_have_the_last_word",
            ),
            (OUTBOX, "a_receipt_is_kept_beside_the_mark"),
            (
                INBOX,
                "both_devices_of_a_person_come_to_the_same_order_of_doubtful_times",
            ),
        ],
    ),
    (
        "an answer is marked against the pack that was seen, also when its item has changed or gone since",
        &[
            (
                PACKS,
                "an_answer_is_marked_against_what_was_seen_when_the_item_has_changed_or_gone",
            ),
            (MARKING, "responses_are_marked_against_the_pack_that_was_seen"),
        ],
    ),
    (
        "an answer to an unknown pack is stored unverified and verified when the pack arrives",
        &[
            (
                PACKS,
                "an_answer_to_an_unknown_pack_waits_through_restarts_and_a_restore_until_the_pack_is_there",
            ),
            (
                MARKING,
                "an_answer_to_an_unknown_pack_is_stored_and_marked_when_the_pack_arrives",
            ),
        ],
    ),
    (
        "a pack that was ever served is served by its hash for ever",
        &[(
            PACKS,
            "an_answer_is_marked_against_what_was_seen_when_the_item_has_changed_or_gone",
        )],
    ),
];

/// Whether `text` has a test of this name: its attribute stands right above it, attributes and words between them aside.
fn has_test(text: &str, name: &str) -> bool {
    let head = format!("fn {name}(");
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let place = lines.iter().position(|line| line.contains(&head));
    place.is_some_and(|place| {
        let above = lines[..place].iter().rev();
        let mut above = above.take_while(|line| line.starts_with("#[") || line.starts_with("//"));
        above.any(|line| *line == "#[test]" || line.starts_with("#[tokio::test"))
    })
}

#[test]
fn every_rule_of_the_wire_has_its_tests() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut missing = Vec::new();
    for (rule, tests) in RULES {
        assert!(!tests.is_empty(), "{rule}: no test");
        for (file, name) in *tests {
            let text = std::fs::read_to_string(root.join(file)).unwrap_or_default();
            if !has_test(&text, name) {
                missing.push(format!("{rule}: no test {name} in {file}"));
            }
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
    assert!(!has_test("fn helper() {}", "helper"));
}
