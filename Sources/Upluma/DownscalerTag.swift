import UplumaMedia
import UplumaNetworks

/// What a file says of the downscaler that made its pictures: `upluma car-2x`. This is the one place that knows the form.
struct DownscalerTag: Equatable {
    /// The downscaler's name, of a catalog that need not be this program's.
    let name: String

    /// The tag that files made by a downscaler carry; nil for filters, which nothing was trained to undo.
    init?(_ downscaler: Downscaler) {
        guard downscaler.upscaler != nil || downscaler.isNetwork else { return nil }
        // Of a file of the user's own, what it is called; where it lies is nobody's business.
        name = downscaler.name.split(separator: "/").last.map(String.init) ?? downscaler.name
    }

    /// Nil when the text is no such tag. Words after the name are a later version's.
    init?(text: String) {
        guard text.hasPrefix(MakerTag.mark) else { return nil }
        guard let word = text.dropFirst(MakerTag.mark.count).split(whereSeparator: \.isWhitespace).first else {
            return nil
        }
        name = String(word)
    }

    var text: String { MakerTag.mark + name }

    /// What the user should know when the output cannot hold the tag.
    func loss(in container: MediaContainer, upscaler: String?) -> String {
        let remedy = upscaler.map { ": enlarge it with --model \($0)" } ?? ""
        return "\(container.displayName) has no place for the tag that names \(name), by which upscale finds the model "
            + "that belongs to it\(remedy)."
    }
}

extension Downscaler {
    /// Whether it was trained.
    var isNetwork: Bool { if case .network = kind { true } else { false } }
}
