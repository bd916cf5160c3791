//! How values of the API are shown: points, shares, days, and the words for its closed lists.

use crate::text::{Lang, Text, organize as t};
use domain::time::Timestamp;
use domain::units::{Points, Share};

/// Points from hundredths, two decimals at most: `85`, `85.5`, `85.25`.
pub(super) fn points(hundredths: u32) -> String {
    Points(hundredths).to_string()
}

/// The last day on which something holds that is not to be used from the moment `expires` on, in Asia/Shanghai.
pub(super) fn last_day(expires: i64) -> String {
    Timestamp(expires.saturating_sub(1)).day().to_string()
}

/// The day of a moment in Asia/Shanghai.
pub(super) fn day(at: i64) -> String {
    Timestamp(at).day().to_string()
}

/// `part` of `whole`; nothing where there is no whole.
pub(super) fn share(part: u64, whole: u64) -> Share {
    if whole == 0 {
        return Share::NONE;
    }
    // In ten-thousandths first: lessons of all people together may be more than the wasm's `usize` holds.
    let ratio = u128::from(part.min(whole)) * 10_000 / u128::from(whole);
    Share::of(usize::try_from(ratio).unwrap_or(10_000), 10_000)
}

/// The name of a mode.
pub(super) fn mode(mode: &str, lang: Lang) -> String {
    let text = match mode {
        "assessment" => t::ASSESSMENT,
        "self-test" => t::SELF_TEST,
        "contest" => t::CONTEST,
        other => return other.to_owned(),
    };
    text.get(lang).to_owned()
}

/// The words and the class of a result's state. What is not known is never shown as verified.
pub(super) fn result_state(state: &str) -> (Option<Text>, &'static str) {
    match state {
        "verified" => (Some(t::VERIFIED), "tag tag-done"),
        "unverified" => (Some(t::UNVERIFIED), "tag tag-open"),
        "awaiting" => (Some(t::AWAITING), "tag tag-open"),
        "open" => (Some(t::OPEN), "tag"),
        _ => (None, "tag tag-open"),
    }
}

/// The words and the class of a code's state.
pub(super) fn code_state(state: &str) -> (Option<Text>, &'static str) {
    match state {
        "open" => (Some(t::CODE_OPEN), "tag tag-done"),
        "closed" => (Some(t::CODE_CLOSED), "tag"),
        "expired" => (Some(t::CODE_EXPIRED), "tag"),
        "used-up" => (Some(t::CODE_FULL), "tag"),
        _ => (None, "tag"),
    }
}

/// What an organizer did; an action that this page does not know is shown by its name.
pub(super) fn action(action: &str, lang: Lang) -> String {
    let text = match action {
        "sign-in" => t::DID_SIGN_IN,
        "unit-new" => t::DID_UNIT_NEW,
        "unit-name" => t::DID_UNIT_NAME,
        "code-new" => t::DID_CODE_NEW,
        "code-rotate" => t::DID_CODE_ROTATE,
        "code-close" => t::DID_CODE_CLOSE,
        "person-confirm" => t::DID_CONFIRM,
        "person-link" => t::DID_LINK,
        "device-revoke" => t::DID_REVOKE,
        "person-merge" => t::DID_MERGE,
        "person-erase" => t::DID_ERASE,
        "export" => t::DID_EXPORT,
        other => return other.to_owned(),
    };
    text.get(lang).to_owned()
}

/// How many people may join and for how many days, as they were typed; none where either is out of range.
pub(super) fn code_numbers(uses: &str, days: &str) -> Option<(u32, u16)> {
    let uses: u32 = uses.trim().parse().ok()?;
    let days: u16 = days.trim().parse().ok()?;
    ((1..=1_000_000).contains(&uses) && (1..=3_660).contains(&days)).then_some((uses, days))
}

/// Whether the name that was typed is the person's: blanks around it do not count, anything else does.
pub(super) fn same_name(typed: &str, name: &str) -> bool {
    !name.trim().is_empty() && typed.trim() == name.trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_have_two_decimals_at_most_and_none_that_say_nothing() {
        for (hundredths, shown) in [
            (0, "0"),
            (1, "0.01"),
            (10, "0.1"),
            (8_500, "85"),
            (8_550, "85.5"),
            (8_525, "85.25"),
            (10_000, "100"),
        ] {
            assert_eq!(points(hundredths), shown);
        }
    }

    #[test]
    fn a_code_that_ends_at_midnight_holds_through_the_day_before() {
        let midnight = domain::time::Day::parse("2026-07-01").unwrap().0 * 86_400_000 - 8 * 3_600_000;
        assert_eq!(last_day(midnight), "2026-06-30");
        assert_eq!(last_day(midnight + 1), "2026-07-01");
        assert_eq!(day(midnight), "2026-07-01");
    }

    #[test]
    fn shares_of_nothing_are_none_and_large_ones_do_not_overflow() {
        assert_eq!(share(1, 3).percent(), 33);
        assert_eq!(share(0, 0).percent(), 0);
        assert_eq!(share(1, 2).percent(), 50);
        assert_eq!(share(3, 2).percent(), 100);
        assert_eq!(share(u64::MAX / 2 + 1, u64::MAX).percent(), 50);
    }

    #[test]
    fn an_unknown_state_is_never_shown_as_verified() {
        assert_eq!(result_state("verified"), (Some(t::VERIFIED), "tag tag-done"));
        for state in ["unverified", "awaiting", "open", "provisional", ""] {
            let (text, class) = result_state(state);
            assert!(text != Some(t::VERIFIED) && class != "tag tag-done", "{state}");
        }
        assert_eq!(action("person-dance", Lang::Zh), "person-dance");
        assert_eq!(mode("drill", Lang::En), "drill");
    }

    #[test]
    fn numbers_of_a_code_are_held_to_what_the_endpoint_takes() {
        assert_eq!(code_numbers(" 50", "30 "), Some((50, 30)));
        assert_eq!(code_numbers("1000000", "3660"), Some((1_000_000, 3_660)));
        for (uses, days) in [
            ("0", "1"),
            ("1000001", "1"),
            ("1", "0"),
            ("1", "3661"),
            ("", "1"),
            ("5.5", "1"),
            ("-1", "1"),
        ] {
            assert_eq!(code_numbers(uses, days), None, "{uses} {days}");
        }
    }

    #[test]
    fn erasing_wants_the_whole_name() {
        assert!(same_name(" 王小明 ", "王小明"));
        assert!(!same_name("王小", "王小明") && !same_name("", "") && !same_name("wang", "Wang"));
    }
}
