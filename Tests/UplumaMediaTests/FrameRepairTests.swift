import Testing

@testable import UplumaMedia

@Suite struct FrameRepairTests {
    /// A repair that has seen the times so far, undamaged.
    private func repair(after times: [Int64], usual: Int64 = 40) -> FrameRepair {
        var repair = FrameRepair(usualDuration: usual, longestHole: 10_000)
        for time in times {
            repair.enters(pts: time, atBeginning: true)
            #expect(repair.missing(before: time).isEmpty)
        }
        return repair
    }

    @Test("a damaged packet of which no frame comes is missed at its own time, whatever the rate")
    func ownTime() {
        var repair = repair(after: [0, 40, 55, 200])
        repair.damaged(pts: 215)
        repair.damaged(pts: 290)
        #expect(repair.missing(before: 310) == [215, 290])
        #expect(repair.missing(before: 320).isEmpty)
    }

    @Test("a damaged packet whose frame comes is not missed")
    func concealed() {
        var repair = repair(after: [0, 40])
        repair.damaged(pts: 80)
        #expect(repair.missing(before: 80).isEmpty)
        #expect(repair.missing(before: 120).isEmpty)
    }

    @Test("holes of a steady rate are filled behind damage only")
    func holes() {
        var clean = repair(after: [0, 40, 80])
        #expect(clean.missing(before: 200).isEmpty)
        var damaged = repair(after: [0, 40, 80])
        damaged.packetsMayBeMissing()
        #expect(damaged.missing(before: 200) == [120, 160])
        damaged.packetsMayBeMissing()
        #expect(damaged.missing(before: 255).isEmpty)
    }

    @Test("a rate that no tick of the clock holds is filled evenly")
    func fractions() {
        var repair = repair(after: [0, 33, 67, 100], usual: 33)
        repair.packetsMayBeMissing()
        #expect(repair.missing(before: 200) == [133, 167])
    }

    @Test("a varying rate and long pauses are left alone")
    func leftAlone() {
        var varying = repair(after: [0, 40, 95, 110, 180])
        varying.packetsMayBeMissing()
        #expect(varying.missing(before: 400).isEmpty)
        var paused = repair(after: [0, 40, 80])
        paused.packetsMayBeMissing()
        #expect(paused.missing(before: 20_000).isEmpty)
    }

    @Test("what comes before the first frame is missed unless decoding began inside")
    func beginning() {
        for isBeginning in [true, false] {
            var repair = FrameRepair(usualDuration: 40, longestHole: 10_000)
            for time in [0, 120, 40, 80] as [Int64] { repair.enters(pts: time, atBeginning: isBeginning) }
            #expect(repair.missing(before: 120) == (isBeginning ? [0, 40, 80] : []))
        }
    }

    @Test("what is lost at the end is missed there")
    func end() {
        var repair = repair(after: [0, 40])
        repair.damaged(pts: 80)
        repair.damaged(pts: 120)
        #expect(repair.missingAtEnd() == [80, 120])
        #expect(repair.missingAtEnd().isEmpty)
    }

    @Test("the grid of a transport stream's packets is watched once it is known")
    func phase() {
        var phase = PacketPhase()
        let changes = [188, 564, 940, -1, 1128 + 7, 1316 + 7].map { phase.changes(position: $0) }
        #expect(changes == [false, false, false, false, true, false])
        var long = PacketPhase()
        #expect([0, 192, 384, 768].map { long.changes(position: $0) } == [false, false, false, false])
    }
}
