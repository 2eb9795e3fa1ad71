import Foundation
import UplumaFrames
import UplumaMedia
import UplumaQuality

extension EvaluationPage {
    /// The error, in code values, that error maps show as white.
    private static let whiteError = 32.0

    /// Parts of pictures side by side with their error maps; empty without exhibits.
    func gallery() throws -> String {
        guard !exhibits.isEmpty else { return "" }
        return """
            <section>
            <h2>Where the models differ most</h2>
            <p>Luma, enlarged without smoothing. Below each result its error: black is none, white \
            \(Int(EvaluationPage.whiteError)) code values of 255 or more.</p>
            \(try exhibits.map(article).joined(separator: "\n"))
            </section>
            """
    }

    private func article(_ exhibit: Exhibit) throws -> String {
        let place = "\(exhibit.set), \(exhibit.image)"
        let part =
            "\(exhibit.original.width)×\(exhibit.original.height) pixels at (\(exhibit.x), \(exhibit.y))"
        let original = """
            <figure>\(try picture(exhibit.original, limited: exhibit.isLimited, alternative: "original"))\
            <figcaption><b>original</b></figcaption></figure>
            """
        let results = try exhibit.results.map { result in
            let psnr = PageText.decibels(PlaneQuality.psnr(exhibit.original, result.codes))
            let error = PlaneQuality.errorMap(exhibit.original, result.codes)
            let name = PageText.escaped(result.model)
            return """
                <figure>\(try picture(result.codes, limited: exhibit.isLimited, alternative: result.model))\
                \(try picture(amplified(error), limited: false, alternative: "error of \(result.model)"))\
                <figcaption><b>\(name)</b> \(psnr)\(psnr == "exact" ? "" : " dB")</figcaption></figure>
                """
        }
        return """
            <article><h3>\(PageText.escaped(place)) <small>\(part)</small></h3>
            <div class="gallery">\(original)\(results.joined())</div></article>
            """
    }

    private func amplified(_ error: CodePlane) -> CodePlane {
        let gain = CodePlane.peak / EvaluationPage.whiteError
        return CodePlane(width: error.width, height: error.height, samples: error.samples.map { $0 * gain })
    }

    /// A grey picture inside the page; limited-range codes are stretched so that black is black and white white.
    private func picture(_ plane: CodePlane, limited: Bool, alternative: String) throws -> String {
        let shown =
            limited
            ? CodePlane(
                width: plane.width, height: plane.height, samples: plane.samples.map { ($0 - 16) * 255 / 219 })
            : plane
        let format = PictureFormat(chroma: .gray, bitDepth: 8)
        let bytes = try PNGEncoding.encode(gray: shown.rounded(to: .luma(format, range: .full)))
        return """
            <img width="\(plane.width)" height="\(plane.height)" alt="\(PageText.escaped(alternative))" \
            src="data:image/png;base64,\(Data(bytes).base64EncodedString())">
            """
    }
}
