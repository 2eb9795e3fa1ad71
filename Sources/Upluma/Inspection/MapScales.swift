/// The colours of the maps of kernel elements: one scale around zero for all of them, and one of its own for the middle
/// element where that is far above the others, as it mostly is.
struct MapScales {
    /// Of all elements, or all but the middle one; nil where there is no such element.
    let common: ColorScale?
    /// Of the middle element, from its lowest number to its highest, or around zero where it has both signs; nil where the
    /// common scale serves.
    let middle: ColorScale?
    private let middleTap: Int

    /// How far the middle element may be above the others before it gets a scale of its own.
    private static let mostContrast = 2.0

    /// - Parameters:
    ///   - maps: of each element, rows of the kernel first.
    ///   - taps: which of them are shown; the middle one is.
    init(_ maps: [Grid], taps: [Int]) {
        middleTap = maps.count / 2
        func largest(_ tap: Int) -> Double { Double(maps[tap].values.lazy.map(abs).max() ?? 0) }
        let around = taps.filter { $0 != maps.count / 2 }.map(largest).max()
        let inMiddle = maps[middleTap].values
        guard let around, largest(middleTap) <= Self.mostContrast * around else {
            common = around.map { .around(zero: $0, law: .root) }
            let (lowest, highest) = (Double(inMiddle.min() ?? 0), Double(inMiddle.max() ?? 0))
            middle =
                lowest < 0 && highest > 0
                ? .around(zero: largest(middleTap), law: .root) : .rising(from: lowest, to: highest)
            return
        }
        common = .around(zero: max(around, largest(middleTap)), law: .root)
        middle = nil
    }

    func scale(of tap: Int) -> ColorScale {
        let own = tap == middleTap ? middle : nil
        return own ?? common ?? .around(zero: 1)
    }

    /// What to draw bars for.
    ///
    /// - Parameter word: what the numbers are.
    func legends(_ word: String) -> [(scale: ColorScale, title: String)] {
        let title = middle == nil ? word : word + ", but for the middle"
        return [common.map { ($0, title) }, middle.map { ($0, word + " in the middle") }].compactMap { $0 }
    }
}
