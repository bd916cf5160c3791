//! Numbers as people and authors write them, and texts as they are compared.

use super::*;
use proptest::prelude::*;

/// Lines of `left = right`, in which `_` stands for a space at an end.
fn pairs(table: &str) -> impl Iterator<Item = (String, String)> {
    let lines = table.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.map(|line| {
        let (left, right) = line.split_once('=').unwrap();
        (left.trim().replace('_', " "), right.trim().to_owned())
    })
}

#[test]
fn numbers_as_people_write_them() {
    // typed = value
    let table = "
        30 = 30
        ３０ = 30
        三十 = 30
        _ 30　 = 30
        +5 = 5
        ＋５ = 5
        -10 = -10
        负十 = -10
        -0 = 0
        1.50 = 1.5
        １．５ = 1.5
        .5 = 0.5
        007 = 7
        10万 = 100000
        十万 = 100000
        1.5万 = 15000
        一点五万 = 15000
        一万五千 = 15000
        一万五 = 15000
        1万5 = 15000
        1万5千 = 15000
        10 万 = 100000
        1.2345678万 = 12345.678
        一万零五 = 10005
        一万〇五十 = 10050
        1万5000 = 15000
        1,000万 = 10000000
        3千 = 3000
        两千三 = 2300
        二百五 = 250
        一百一十五 = 115
        一百十五 = 115
        一百零五点五 = 105.5
        二十五点五 = 25.5
        两点五 = 2.5
        零点零五 = 0.05
        二〇二五 = 2025
        二○二一 = 2021
        一一九 = 119
        〇 = 0
        两 = 2
        两百 = 200
        廿 = 20
        廿五 = 25
        卅一 = 31
        三万亿 = 3000000000000
        一亿二千万 = 120000000
        一亿零三 = 100000003
        贰万伍仟 = 25000
        1,000 = 1000
        １，０００ = 1000
        1 234 567 = 1234567
        1,234.5 = 1234.5
        1000000000000000000000000 = 1000000000000000000000000
        0.1000000000 = 0.1";
    for (typed, value) in pairs(table) {
        assert_eq!(read(&typed).map(|number| number.to_string()), Some(value), "{typed}");
    }
}

#[test]
fn what_has_no_one_meaning_is_no_number() {
    let table = "
        1000000000000000000000001 | 0.0000001 | + | +-5 | 5. | . | 1.2.3 | 1,00
        1,0000 | 1,000 000 | 1, 000 | ,100 | 30 40 | 三 五 | 三五 | 三五万 | 十两 | 百 | 万
        一百零 | 一百五万 | 一百五点五 | 十百 | 一千一千 | 一万二万 | 1万15000 | 1.5万5 | 1.5十 | 零百 | 1五
        25点五 | 三分之一 | 20% | 0x10 | 1e5 | ١٢ | ①② | NaN | 三十日 | 一二三万四五六
        0.123456789";
    for typed in table.split(['|', '\n']).map(str::trim) {
        assert_eq!(read(typed), None, "{typed}");
    }
}

#[test]
fn huge_texts_are_no_numbers() {
    for (unit, times) in [
        ("9", 10 << 20),
        ("9", 799),
        ("亿", 266),
        ("一亿", 130),
        ("0.", 400),
        ("1,", 400),
        (" ", 10 << 20),
    ] {
        assert_eq!(read(&unit.repeat(times)), None, "{unit} x {times}");
    }
    assert_eq!(read(&format!("{}1", "0".repeat(700))), "1".parse().ok());
    assert_eq!(read(&format!("1.{}", "0".repeat(700))), "1".parse().ok());
    assert!(fold_text(&"三十．".repeat(1 << 18)).starts_with("30."));
}

#[test]
fn authors_write_plain_numbers() {
    for plain in ["0", "30", "0.5", "-10", "100000.000001", "1000000000000000000000000"] {
        assert_eq!(plain.parse::<Decimal>().unwrap().to_string(), plain);
    }
    for bad in [
        "", "-", "+5", "1,000", "10万", "５", ".5", "5.", "1e5", " 5", "--5", "1.2.3",
    ] {
        assert_eq!(bad.parse::<Decimal>(), Err(DecimalError::Form), "{bad}");
    }
    for far in ["1000000000000000000000000.1", "0.0000001", &"9".repeat(1000)] {
        assert_eq!(far.parse::<Decimal>(), Err(DecimalError::Range), "{far}");
    }
}

#[test]
fn decimals_compare_by_value() {
    let number = |text: &str| text.parse::<Decimal>().unwrap();
    assert_eq!(number("1.50"), number("1.5"));
    assert!(number("-2") < number("-1.5") && number("9") < number("10"));
    assert_eq!(number("1.5").checked_add(number("0.25")), Some(number("1.75")));
    assert_eq!(Decimal(MOST).checked_add(number("0.1")), None);
    assert_eq!(number("5000").in_units_of(4), Some(number("0.5")));
    assert_eq!(number("0.0001").in_units_of(4), None);
}

#[test]
fn texts_are_compared_in_one_form() {
    // typed = folded
    let table = "
        县级以上 = 县级以上
        _ 县级 以上　 = 县级以上
        “县级以上”。 = 县级以上
        （县级以上） = 县级以上
        《安全生产法》 = 安全生产法
        《安全生产法》第三十条第一款 = 安全生产法第30条第1款
        第３０条 = 第30条
        ＡＢＣ类 = abc类
        GB 50016—2014 = gb50016-2014
        GB50016－2014 = gb50016-2014
        停产——整顿 = 停产-整顿
        三分之一 = 3分之1
        3分之1 = 3分之1
        百分之二十 = 20%
        ２０％ = 20%
        百分之百 = 100%
        百分之 = 百分之
        二〇二一年 = 2021年
        〇〇七号 = 007号
        007号 = 007号
        一万五千元 = 15000元
        1.5万元 = 15000元
        一点五万元 = 15000元
        1,000元 = 1000元
        两个月 = 2个月
        廿五日 = 25日
        三点五十分 = 3.50分
        3点50分 = 3.50分
        第3.10条 = 第3.10条
        1.5.2 = 1.5.2
        三五人 = 三五人
        千万 = 千万
        万一 = 万一
        -10℃ = -10℃
        ——依法处理—— = 依法处理
        （-10） = -10
        1五 = 1五
        大陆队伍 = 大陆队伍
        。。。 =
        =
        x\u{200b}y = xy";
    let folded: Vec<(String, String)> = pairs(&table.replace("\\u{200b}", "\u{200b}"))
        .map(|(typed, _)| (fold_text(&typed), typed))
        .collect();
    for ((folded, typed), (_, wanted)) in folded.into_iter().zip(pairs(table)) {
        assert_eq!(folded, wanted, "{typed}");
    }
}

/// The standard Chinese form of a number below 10^12.
fn in_chinese(number: u64) -> String {
    if number == 0 {
        return "零".into();
    }
    let mut text = String::new();
    let mut gap = false;
    for (place, section) in [number / 100_000_000, number / 10_000 % 10_000, number % 10_000]
        .iter()
        .enumerate()
    {
        for (unit, name) in [(1000, "千"), (100, "百"), (10, "十"), (1, "")] {
            let digit = section / unit % 10;
            if digit == 0 {
                gap = true;
                continue;
            }
            text += if gap && !text.is_empty() { "零" } else { "" };
            gap = false;
            text.push(
                "一二三四五六七八九"
                    .chars()
                    .nth(usize::try_from(digit).unwrap() - 1)
                    .unwrap(),
            );
            text += name;
        }
        text += if *section > 0 { ["亿", "万", ""][place] } else { "" };
    }
    text
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_number_reads_back(millionths in -MOST..=MOST) {
        let number = Decimal(millionths);
        prop_assert_eq!(read(&number.to_string()), Some(number));
        prop_assert_eq!(number.to_string().parse(), Ok(number));
    }

    #[test]
    fn chinese_numbers_read_back(digits in 1_u32..=12, any in any::<u64>()) {
        let number = any % 10_u64.pow(digits);
        let written = in_chinese(number);
        prop_assert_eq!(read(&written).map(|n| n.to_string()), Some(number.to_string()), "{}", written);
        prop_assert_eq!(fold_text(&format!("第{written}条")), format!("第{number}条"));
    }

    #[test]
    fn nothing_panics(any in any::<String>(), near in "[〇零一二两三十百千万亿廿卅0-9０-９.,，点 +负%之分-]{0,40}") {
        for text in [any, near] {
            prop_assert!(read(&text).is_none_or(|number| number.0.abs() <= MOST));
            let folded = fold_text(&text);
            prop_assert!(!folded.contains([' ', '《', '３']));
        }
    }
}
