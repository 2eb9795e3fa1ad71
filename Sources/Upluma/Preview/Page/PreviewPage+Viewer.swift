extension PreviewPage {
    /// Choices, stage, tools and strip; without a script none of it is shown.
    var viewer: String {
        """
        <section id="viewer" aria-labelledby="viewer-title"\(moments.count > 1 ? " class=\"many\"" : "")>
        <h2 id="viewer-title" class="unseen">Comparison</h2>
        <div class="choices"\(versions.count > 1 ? "" : " hidden")>
        <label class="side">Left <select id="left">\(options(chosen: 0))</select></label>
        <button type="button" id="swap" title="Swap left and right; hold to look and let go"><span \
        aria-hidden="true">⇄</span> Swap</button>
        <label class="side end">Right <select id="right">\(options(chosen: min(1, versions.count - 1)))</select></label>
        </div>
        <div id="stage" tabindex="0" role="group" aria-label="Pictures" aria-describedby="stage-help" \
        style="--shape: \(PageText.point(shownSize.width)) / \(PageText.point(shownSize.height))">
        <div id="pictures"></div>
        <span class="tag" id="left-tag" aria-hidden="true"></span>
        <span class="tag" id="right-tag" aria-hidden="true"></span>
        <div id="divider" role="slider" tabindex="0" aria-label="Divider between left and right picture" \
        aria-orientation="horizontal" aria-valuemin="0" aria-valuemax="100" aria-valuenow="50">\
        <span class="knob" aria-hidden="true"></span></div>
        </div>
        <p id="stage-help" class="unseen">Arrow keys move what is shown when it is enlarged.</p>
        <div class="tools">
        <div role="group" aria-label="Zoom">
        <button type="button" id="zoom-out" aria-label="Zoom out">−</button>
        <span id="percent" class="reading">100 %</span>
        <button type="button" id="zoom-in" aria-label="Zoom in">+</button>
        <button type="button" id="actual">100 %</button>
        <button type="button" id="fit">Fit</button>
        </div>
        <div role="group" aria-label="Moment"\(moments.count > 1 ? "" : " class=\"alone\"")>
        <button type="button" id="previous" aria-label="Previous moment">‹</button>
        <span id="place" class="reading">\(PreviewPageText.place(moments[0]))</span>
        <button type="button" id="next" aria-label="Next moment">›</button>
        </div>
        </div>
        \(strip)
        <p id="status" role="status" class="unseen"></p>
        </section>
        """
    }

    private func options(chosen: Int) -> String {
        versions.enumerated().map { index, version in
            "<option value=\"\(index)\"\(index == chosen ? " selected" : "")>\(PageText.escaped(version.label))</option>"
        }.joined()
    }

    /// Small pictures to choose a moment by; empty with one moment.
    private var strip: String {
        guard moments.count > 1 else { return "" }
        let items = moments.enumerated().map { index, moment in
            """
            <li><button type="button" data-moment="\(index)"\(index == 0 ? " aria-current=\"true\"" : "")>\
            <img alt="" loading="lazy" decoding="async" src="data:image/png;base64,\
            \(PreviewPage.base64(moment.thumbnail))"><span class="unseen">Moment \(index + 1) of \(moments.count), \
            </span><span>\(PreviewPageText.clock(moment.seconds))</span></button></li>
            """
        }
        return """
            <nav aria-label="Moments"><ul class="strip">
            \(items.joined(separator: "\n"))
            </ul></nav>
            """
    }

    /// The pictures of the first moment, one below the other; the script takes them from here.
    var plainPictures: String {
        let items = moments[0].pictures.map { picture in
            """
            <figure><img id="\(identifier(moment: 0, of: picture.version))" decoding="async" \
            width="\(PageText.point(shownSize.width))" height="\(PageText.point(shownSize.height))" \
            alt="\(PageText.escaped(picture.version.label)) at \(PreviewPageText.place(moments[0]))" \
            src="data:image/png;base64,\(PreviewPage.base64(picture.png))">\
            <figcaption>\(PageText.escaped(picture.version.label))</figcaption></figure>
            """
        }
        return """
            <section id="plain" aria-labelledby="plain-title">
            <h2 id="plain-title">Pictures at \(PreviewPageText.place(moments[0]))</h2>
            <noscript><p class="soft">Scripts are off: the pictures are shown one below the other\
            \(moments.count > 1 ? ", those of the first moment only" : "").</p></noscript>
            \(items.joined(separator: "\n"))
            </section>
            """
    }

    /// The pictures of all further moments, as text until they are looked at.
    var heldPictures: String {
        moments.enumerated().dropFirst().flatMap { index, moment in
            moment.pictures.map { picture in
                """
                <script type="text/plain" id="\(identifier(moment: index, of: picture.version))">\
                \(PreviewPage.base64(picture.png))</script>
                """
            }
        }.joined(separator: "\n")
    }
}
