import Testing
import UplumaResampling

@testable import UplumaNetworks

/// Ways over several native scales; those of one scale are in `ScalerChainTests`.
@Suite struct RunPlanTests {
    struct Way: CustomTestStringConvertible, Sendable {
        let native: [Int]
        let target: PlaneSize
        let factors: [Int]
        /// Words of the note, nil when there is none.
        let note: String?
        var testDescription: String { "\(native) to \(target)" }

        init(_ native: [Int], _ width: Int, _ height: Int, _ factors: [Int], _ note: String?) {
            (self.native, target, self.factors, self.note) = (native, PlaneSize(width, height), factors, note)
        }
    }

    /// From 10×6.
    static let ways = [
        Way([2, 3, 4], 20, 12, [2], nil), Way([2, 3, 4], 30, 18, [3], nil), Way([2, 3, 4], 40, 24, [4], nil),
        Way([2, 3, 4], 80, 48, [4, 2], "enlarges 2×, 3×, 4×; 80×48 is made by running it at 4×, then at 2×."),
        Way([2, 4], 80, 48, [4, 2], "at 4×, then at 2×."), Way([2], 80, 48, [2, 2, 2], "running it 3 times."),
        Way([2, 3], 40, 24, [2, 2], "running it twice at 2×."), Way([2, 3], 60, 36, [3, 2], "at 3×, then at 2×."),
        Way([2, 3, 4], 160, 96, [4, 4], "twice at 4×."), Way([3], 80, 48, [3, 3], "twice and reducing 90×54 to 80×48"),
        Way([2, 3, 4], 25, 15, [3], "at 3× and reducing 30×18 to 25×15"), Way([2, 4], 30, 18, [4], "reducing 40×24"),
        Way([2, 3, 4], 20, 6, [2], "reducing 20×12 to 20×6"), Way([2, 3, 4], 10, 30, [3, 2], "60×36 to 10×30"),
        Way([2, 3], 300, 180, [3, 3, 3], "3 times at 3× and resizing 270×162 to 300×180"),
        Way([2, 3, 4], 10, 6, [], "only enlarges"), Way([1, 2], 20, 12, [2], nil), Way([1], 20, 12, [], "alone"),
    ]

    @Test("the best way with several scales", arguments: ways)
    func way(way: Way) {
        let plan = RunPlan(name: "n", native: way.native, source: PlaneSize(10, 6), target: way.target)
        #expect(plan.factors == way.factors)
        #expect(plan.sizes.count == way.factors.count + 1 && plan.sizes.first == PlaneSize(10, 6))
        let product = way.factors.reduce(1, *)
        #expect(plan.sizes.last == PlaneSize(10 * product, 6 * product))
        if let note = way.note {
            #expect(plan.note?.contains(note) == true, "\(plan.note ?? "nothing")")
        } else {
            #expect(plan.note == nil)
        }
    }
}
