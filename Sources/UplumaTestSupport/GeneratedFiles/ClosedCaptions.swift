import Foundation

/// Puts closed captions (CEA-708's carriage of CEA-608, as ATSC A/53 lays it into H.264) into a raw stream.
enum ClosedCaptions {
    /// One message before every coded picture, each with another pair of letters.
    ///
    /// - Parameter stream: H.264 with start codes, a slice a picture.
    static func inserted(into stream: Data) -> Data {
        var result = Data()
        var pictures = 0
        for unit in units(of: stream) {
            if let header = unit.first, [1, 5].contains(header & 0x1F) {
                result += [0, 0, 0, 1] + message(number: pictures)
                pictures += 1
            }
            result += [0, 0, 0, 1] + unit
        }
        return result
    }

    /// A unit of supplemental enhancement information (H.264 annex D) with one registered message of user data.
    private static func message(number: Int) -> [UInt8] {
        let letter = UInt8(0x41 + number % 26)
        // Country, provider, "GA94", captions, process_cc_data_flag with a count of one, then the triplet and a marker.
        let payload: [UInt8] =
            [0xB5, 0x00, 0x31, 0x47, 0x41, 0x39, 0x34, 0x03, 0x41, 0xFF] + [0xFC, letter, letter ^ 0x20, 0xFF]
        return [0x06, 0x04, UInt8(payload.count)] + payload + [0x80]
    }

    /// What lies between start codes of three or four bytes.
    private static func units(of stream: Data) -> [Data] {
        let bytes = [UInt8](stream)
        var starts: [(code: Int, content: Int)] = []
        var index = 0
        while index + 2 < bytes.count {
            if bytes[index] == 0, bytes[index + 1] == 0, bytes[index + 2] == 1 {
                starts.append((index > 0 && bytes[index - 1] == 0 ? index - 1 : index, index + 3))
                index += 3
            } else {
                index += 1
            }
        }
        return starts.indices.map { number in
            let end = number + 1 < starts.count ? starts[number + 1].code : bytes.count
            return Data(bytes[starts[number].content..<end])
        }
    }
}
