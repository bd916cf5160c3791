//! Markdown: what comes out for authors, and what does not come out for attackers.

use crate::markdown::{Renderer, sanitise};

fn render(markdown: &str) -> (String, Vec<&'static str>) {
    let mut renderer = Renderer::default();
    let html = renderer.render(markdown);
    (html, renderer.slips.iter().map(|slip| slip.rule.code()).collect())
}

#[test]
fn what_authors_write_comes_out_as_the_page_expects_it() {
    let table = [
        (
            "## 一 & 二\n\n## 一 & 二",
            "<h2 id=\"h-一二\">一 &amp; 二</h2>\n<h2 id=\"h-一二-2\">一 &amp; 二</h2>",
        ),
        (
            "**要** *点* `x`",
            "<p><strong>要</strong> <em>点</em> <code>x</code></p>",
        ),
        ("3. 三\n4. 四", "<ol start=\"3\">\n<li>三</li>\n<li>四</li>\n</ol>"),
        ("> 引", "<blockquote>\n<p>引</p>\n</blockquote>"),
        ("3 < 5 & 7 > 2", "<p>3 &lt; 5 &amp; 7 &gt; 2</p>"),
        (
            "[市局](https://yjglj.sh.gov.cn/?a=1&b=2)",
            "<p><a href=\"https://yjglj.sh.gov.cn/?a=1&amp;b=2\" rel=\"noopener\">市局</a></p>",
        ),
        (
            "[第三条](cite:fa@2021-06-10#3.3)",
            "<p><a class=\"cite\" href=\"regulations/fa?v=2021-06-10#a3\" data-cite=\"fa@2021-06-10#3.3\">第三条</a></p>",
        ),
        (
            "[之一](cite:xing-fa@2023-12-29#134-1)",
            "<p><a class=\"cite\" href=\"regulations/xing-fa?v=2023-12-29#a134-1\" data-cite=\"xing-fa@2023-12-29#134-1\">之一</a></p>",
        ),
        (
            "[全文](cite:gb@2020-01-01)",
            "<p><a class=\"cite\" href=\"regulations/gb?v=2020-01-01\" data-cite=\"gb@2020-01-01\">全文</a></p>",
        ),
        (
            "| 人 | \"责\" |\n|:--|---|\n| 甲 | 乙 |",
            "<div class=\"table\" tabindex=\"0\" role=\"region\" aria-label=\"表格：人、&quot;责&quot;\"><table><thead><tr>\
             <th scope=\"col\">人</th><th scope=\"col\">\"责\"</th></tr></thead><tbody>\n<tr><td>甲</td><td>乙</td></tr>\n</tbody></table>\n</div>",
        ),
    ];
    for (markdown, html) in table {
        assert_eq!(render(markdown), (html.into(), vec![]), "{markdown}");
    }
}

#[test]
fn attacks_are_reported_and_render_as_nothing() {
    let table = [
        ("<script>alert(1)</script>", "markdown-html"),
        ("好 <script>alert(1)</script>", "markdown-html"),
        ("<img src=x onerror=alert(1)>", "markdown-html"),
        ("字<img src=x onerror=alert(1)>", "markdown-html"),
        ("<svg onload=alert(1)>", "markdown-html"),
        ("<p style=\"position:fixed\">x</p>", "markdown-html"),
        ("<style>*{display:none}</style>", "markdown-html"),
        ("<iframe src=https://evil.test></iframe>", "markdown-html"),
        ("<!-- 注 -->", "markdown-html"),
        ("[x](javascript:alert(1))", "markdown-link"),
        ("[x](JaVaScRiPt:alert(1))", "markdown-link"),
        ("[x](&#106;avascript:alert(1))", "markdown-link"),
        ("[x](data:text/html;base64,PHNjcmlwdD4=)", "markdown-link"),
        ("[x](http://evil.test)", "markdown-link"),
        ("[x](//evil.test)", "markdown-link"),
        ("[x](regulations/../../evil)", "markdown-link"),
        ("<javascript:alert(1)>", "markdown-link"),
        ("[x][y]\n\n[y]: javascript:alert(1)", "markdown-link"),
        ("![x](https://evil.test/a.png)", "markdown-image"),
        ("![x](a.png)", "markdown-image"),
        ("# 一", "markdown-heading"),
        ("## 二\n\n#### 四", "markdown-heading"),
    ];
    for (markdown, rule) in table {
        let (html, slips) = render(markdown);
        assert!(slips.contains(&rule), "{markdown}: {slips:?}");
        let marks = [
            "<script",
            "<img",
            "<svg",
            "<style",
            "style=",
            "onerror",
            "<iframe",
            "javascript:\"",
            "href=",
            "<!--",
            "<h1",
        ];
        for mark in marks {
            assert!(!html.to_lowercase().contains(mark), "{markdown} became {html}");
        }
    }
}

#[test]
fn the_second_wall_holds_alone() {
    let table = [
        ("<p onclick=\"x()\" style=\"x\" id=\"a\" class=\"b\">t</p>", "<p>t</p>"),
        ("<script>x()</script>t", "t"),
        ("<a href=\"javascript:x()\">t</a>", "<a>t</a>"),
        ("<a href=\"//evil.test\">t</a>", "<a>t</a>"),
        (
            "<a href=\"https://a.test\" rel=\"opener\" target=\"_top\">t</a>",
            "<a href=\"https://a.test\">t</a>",
        ),
        ("<h2 id=\"location\">t</h2>", "<h2 id=\"h-location\">t</h2>"),
        (
            "<div class=\"table evil\" role=\"alert\" tabindex=\"9\">t</div>",
            "<div class=\"table\">t</div>",
        ),
        ("<svg><a xlink:href=\"javascript:x()\">t</a></svg>", ""),
        ("<math><mtext><style><img src=x onerror=x()></style></mtext></math>", ""),
        ("<h1>t</h1><img src=x><form><input>", "t"),
    ];
    for (html, clean) in table {
        assert_eq!(sanitise(html), clean, "{html}");
    }
}

#[test]
fn a_hostile_citation_never_becomes_a_link() {
    for target in [
        "cite:x\"onmouseover=\"y@2020-01-01",
        "cite:javascript:alert(1)",
        "cite:../../x@2020-01-01#1",
    ] {
        let mut renderer = Renderer::default();
        let html = renderer.render(&format!("[t](<{target}>)"));
        assert_eq!(html, "<p>t</p>", "{target}");
        assert_eq!(renderer.cites.len(), 1);
    }
    assert_eq!(
        render("<svg/onload=alert(1)>").0,
        "<p>&lt;svg/onload=alert(1)&gt;</p>",
        "no tag to CommonMark: text"
    );
}
