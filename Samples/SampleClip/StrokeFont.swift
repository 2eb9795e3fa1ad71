/// Capital letters as strokes on a grid 4 wide and 6 high: only those that the title needs.
enum StrokeFont {
    private static let letters: [Character: [[(Double, Double)]]] = [
        "A": [[(0, 6), (2, 0), (4, 6)], [(0.7, 4), (3.3, 4)]],
        "L": [[(0, 0), (0, 6), (3.6, 6)]],
        "M": [[(0, 6), (0, 0), (2, 3.4), (4, 0), (4, 6)]],
        "P": [[(0, 6), (0, 0), (2.8, 0), (3.8, 0.8), (3.8, 2.4), (2.8, 3.2), (0, 3.2)]],
        "U": [[(0, 0), (0, 4.6), (1, 6), (3, 6), (4, 4.6), (4, 0)]],
    ]

    /// The strokes of `text`, its top left corner at `origin`.
    static func strokes(_ text: String, at origin: Point, height: Double) -> [[Point]] {
        let unit = height / 6
        return text.enumerated().flatMap { index, letter in
            (letters[letter] ?? []).map { stroke in
                stroke.map { origin + Point((Double(index) * 5.8 + $0.0) * unit, $0.1 * unit) }
            }
        }
    }
}
