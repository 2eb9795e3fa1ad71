import Testing
import Upluma

@Suite struct ProgressMeterTests {
    @Test("speed is frames over the sliding window, the rest follows") func speed() {
        var meter = ProgressMeter(frames: 1000, startingAt: 100)
        var progress = meter.update(frame: 10, outputBytes: 5, at: 101)
        #expect(progress.fps == 10)
        #expect(progress.etaSeconds == 99)
        #expect(progress.percent == 1)
        // A slow first minute is forgotten once it has left the window.
        var frame = 10
        for second in 102...140 {
            frame += 20
            progress = meter.update(frame: frame, outputBytes: 5, at: Double(second))
        }
        #expect(progress.fps == 20)
        #expect(progress.etaSeconds == Double(1000 - frame) / 20)
    }

    @Test("an unknown number of frames gives no percent and no ETA") func unknown() {
        var meter = ProgressMeter(frames: nil, startingAt: 0)
        let progress = meter.update(frame: 5, outputBytes: 0, at: 1)
        #expect(progress.percent == nil && progress.etaSeconds == nil && progress.fps == 5)
    }

    @Test("no time passed is no speed, more frames than promised is 100 percent") func extremes() {
        var meter = ProgressMeter(frames: 2, startingAt: 0)
        #expect(meter.update(frame: 1, outputBytes: 0, at: 0).fps == 0)
        let late = meter.update(frame: 3, outputBytes: 0, at: 1)
        #expect(late.percent == 100 && late.etaSeconds == 0)
        #expect(JobProgress(frame: 0, frames: 0, fps: 0, etaSeconds: nil, outputBytes: 0).percent == 100)
    }
}
