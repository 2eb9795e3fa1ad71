import Testing

@testable import Upluma

@Suite struct ChainSpecTests {
    @Test(
        "channels by layer",
        arguments: [
            ("1-4", [1, 4]), ("1-8x5-4", [1, 8, 8, 8, 8, 8, 4]), ("1-64x4-100", [1, 64, 64, 64, 64, 100]),
            ("1-12-6-1", [1, 12, 6, 1]),
        ])
    func channels(text: String, expected: [Int]) throws {
        let spec = try #require(ChainSpec(text))
        #expect(spec.channels == expected)
        let chain = spec.chain()
        #expect(chain.layers.map(\.outputChannels) == Array(expected.dropFirst()))
        #expect(
            chain.operationsPerInputPixel == 18 * zip(expected, expected.dropFirst()).reduce(0) { $0 + $1.0 * $1.1 })
        #expect(spec.chain() == chain, "the weights are the same every time")
    }

    @Test(
        "what is no chain is the name of something else",
        arguments: [
            "", "1", "sp-vdsr", "1-", "2-4", "1-5", "1-0x2-4", "1-8x-4", "1-8x0-4", "1-8x2x2-4", "1-9999-4", "1x101-4",
        ])
    func noChain(text: String) { #expect(ChainSpec(text) == nil) }
}
