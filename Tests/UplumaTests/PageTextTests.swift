import Testing

@testable import Upluma

@Suite struct PageTextTests {
    @Test(
        "nothing of a text is markup, accents or not",
        arguments: [
            ("a<b>&\"", "a&lt;b&gt;&amp;&quot;"), ("\"\u{301} x=", "&quot;\u{301} x="), ("<\u{338}p", "&lt;\u{338}p"),
            ("é\u{1F468}\u{200D}\u{1F469}\r\n", "é\u{1F468}\u{200D}\u{1F469}\r\n"),
        ])
    func escaped(text: String, expected: String) {
        #expect(Array(PageText.escaped(text).unicodeScalars) == Array(expected.unicodeScalars))
    }
}
