import Testing

@testable import UplumaKernels

@Suite struct CPULevelTests {
    @Test(
        "UPLUMA_CPU lowers the level, never raises it, and is ignored when unknown",
        arguments: [
            (nil, CPULevel.avx512, CPULevel.avx512), ("portable", .avx512, .portable), ("avx2", .avx512, .avx2),
            ("avx512", .avx2, .avx2), ("avx2", .portable, .portable), ("sse9", .avx2, .avx2), ("", .avx512, .avx512),
        ] as [(String?, CPULevel, CPULevel)])
    func environment(asked: String?, detected: CPULevel, expected: CPULevel) {
        #expect(CPULevel.level(asked: asked, detected: detected) == expected)
    }

    @Test("the level in use is one this processor has")
    func current() {
        #expect(CPULevel.available.contains(.current))
        #expect(CPULevel.available.first == .portable)
    }
}
