import Testing
import UplumaFrames

@Suite struct ChromaLocationTests {
    @Test(
        "4:2:0 sites, in luma samples from the first luma sample",
        arguments: [
            (ChromaLocation.left, 0.0, 0.5), (.center, 0.5, 0.5), (.topLeft, 0, 0), (.top, 0.5, 0), (.bottomLeft, 0, 1),
            (.bottom, 0.5, 1), (.unspecified, 0, 0.5),
        ])
    func offsets(location: ChromaLocation, x: Double, y: Double) {
        let offset = location.lumaOffset(log2Width: 1, log2Height: 1)
        #expect(offset.x == x && offset.y == y)
    }

    @Test("a direction that is not subsampled has no offset", arguments: ChromaLocation.allCases)
    func unsampled(location: ChromaLocation) {
        let offset = location.lumaOffset(log2Width: 0, log2Height: 0)
        #expect(offset.x == 0 && offset.y == 0)
    }
}
