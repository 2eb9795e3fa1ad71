import Foundation
import Testing

@testable import Upluma

/// Hours of the day, on clocks that are put on and back.
@Suite struct BatchHoursTests {
    private static let berlin = TimeZone(identifier: "Europe/Berlin")

    /// A moment by its time in Greenwich: "2026-03-29 00:30".
    private static func moment(_ text: String) -> Date? {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(secondsFromGMT: 0)
        formatter.dateFormat = "yyyy-MM-dd HH:mm"
        return formatter.date(from: text)
    }

    @Test(
        "open and next opening in Berlin: clocks go from 2:00 to 3:00 on 29 March, from 3:00 to 2:00 on 25 October",
        arguments: [
            // In winter, an hour before Greenwich.
            ("22:00-06:30", "2026-01-10 20:59", "2026-01-10 21:00"), ("22:00-06:30", "2026-01-10 21:00", nil),
            ("22:00-06:30", "2026-01-10 23:30", nil), ("22:00-06:30", "2026-01-11 05:29", nil),
            ("22:00-06:30", "2026-01-11 05:30", "2026-01-11 21:00"),
            // In summer, two.
            ("22:00-06:30", "2026-07-10 04:30", "2026-07-10 20:00"), ("8-17", "2026-07-10 05:59", "2026-07-10 06:00"),
            ("08:00-12:00,13:00-17:00", "2026-07-10 10:00", "2026-07-10 11:00"),
            ("08:00-12:00,13:00-17:00", "2026-07-10 15:00", "2026-07-11 06:00"),
            ("00:00-24:00", "2026-07-10 22:00", nil), ("23:00-24:00", "2026-07-10 22:00", "2026-07-11 21:00"),
            // 29 March: 2:00 to 3:00 is not there.
            ("02:30-05:00", "2026-03-29 00:59", "2026-03-29 01:00"), ("02:30-05:00", "2026-03-29 01:00", nil),
            ("02:15-02:45", "2026-03-29 00:00", "2026-03-30 00:15"), ("01:00-02:30", "2026-03-29 00:59", nil),
            ("01:00-02:30", "2026-03-29 01:00", "2026-03-29 23:00"),
            // 25 October: 2:00 to 3:00 is there twice.
            ("02:15-02:30", "2026-10-25 00:14", "2026-10-25 00:15"),
            ("02:15-02:30", "2026-10-25 00:30", "2026-10-25 01:15"),
            ("02:15-02:30", "2026-10-25 01:15", nil), ("02:15-02:30", "2026-10-25 01:30", "2026-10-26 01:15"),
            ("01:00-02:30", "2026-10-25 00:30", "2026-10-25 01:00"),
            ("02:45-04:00", "2026-10-25 01:00", "2026-10-25 01:45"),
        ] as [(String, String, String?)])
    func clocks(hours: String, now: String, opening: String?) throws {
        let zone = try #require(Self.berlin, "the system knows no zones")
        let hours = try WorkingHours([hours])
        let date = try #require(Self.moment(now))
        #expect(hours.isOpen(at: date, in: zone) == (opening == nil))
        #expect(try hours.nextOpening(after: date, in: zone) == (opening.map { try #require(Self.moment($0)) } ?? date))
    }

    @Test("opening is the first open moment around both changes, by looking at every ten minutes")
    func everyTenMinutes() throws {
        let zone = try #require(Self.berlin, "the system knows no zones")
        let hours = try WorkingHours(["02:20-02:40", "23:50-00:10"])
        for start in ["2026-03-28 12:00", "2026-10-24 12:00"] {
            let begin = try #require(Self.moment(start))
            var next: Date?
            for step in (0..<(3 * 144)).reversed() {
                let date = begin.addingTimeInterval(Double(step) * 600)
                if hours.isOpen(at: date, in: zone) { next = date }
                guard let next else { continue }
                #expect(hours.nextOpening(after: date, in: zone) == next, "\(date)")
            }
        }
    }

    @Test(
        "hours that are none",
        arguments: [
            "", "22:00", "22:00-", "-6:00", "25:00-26:00", "22:60-23:00", "22:00-22:00", "24:00-06:00", "a-b", "1-2-3",
            "22:0-23:00", "22:00-06:30,", "22:00–06:30",
        ])
    func mistakes(text: String) {
        let error = #expect(throws: UplumaError.self) { _ = try WorkingHours([text]) }
        #expect(error?.kind == .usage)
    }

    @Test("hours in their own words, and kept in a ledger")
    func words() throws {
        let hours = try WorkingHours(["22-6:30", "12:00-13:00,0:00-24:00"])
        #expect(hours.description == "22:00-06:30, 12:00-13:00, 00:00-24:00")
        #expect(try WorkingHours([hours.description.replacing(" ", with: "")]) == hours)
        #expect(try JSONDecoder().decode(WorkingHours.self, from: JSONEncoder().encode(hours)) == hours)
        #expect(throws: UplumaError.self) { _ = try WorkingHours([]) }
    }
}
