/// One picture with its place in time: what flows through the pipeline.
package struct Frame: Sendable {
    package let format: PictureFormat
    package let width: Int
    package let height: Int
    /// Luma, then Cb and Cr unless the format is grey.
    package let planes: [Plane]
    package var color: ColorDescription
    /// Width over height of one sample; nil when the source does not say.
    package var sampleAspect: Rational?
    /// When the picture is shown, in the stream's time base.
    package var pts: Int64
    /// How long it is shown, in the stream's time base; 0 when the source does not say.
    package var duration: Int64
    /// Whether the rows are of one moment or of two.
    package var fields = FieldStructure.unknown
    /// Whether the source asks for a field of it to be shown once more (film kept as film on NTSC).
    package var repeatsField = false
    /// Whether damage of the source shows in it.
    package var condition = PictureCondition.whole
    /// What the decoder attached to the picture (captions, HDR metadata), opaque here; the encoder carries it on.
    package var attachments: (any FrameAttachments)?

    package init(
        format: PictureFormat, width: Int, height: Int, planes: [Plane], color: ColorDescription = ColorDescription(),
        sampleAspect: Rational? = nil, pts: Int64 = 0, duration: Int64 = 0, attachments: (any FrameAttachments)? = nil
    ) {
        precondition(planes.count == format.chroma.planeCount, "\(format) has \(format.chroma.planeCount) planes")
        for (index, plane) in planes.enumerated() {
            let size = format.planeSize(index, width: width, height: height)
            precondition(
                plane.width == size.width && plane.height == size.height && plane.sample == format.sample,
                "plane \(index) does not fit a \(width)×\(height) \(format) picture")
        }
        self.format = format
        self.width = width
        self.height = height
        self.planes = planes
        self.color = color
        self.sampleAspect = sampleAspect
        self.pts = pts
        self.duration = duration
        self.attachments = attachments
    }
}

/// What damage of the source did to a picture.
package enum PictureCondition: Sendable, Hashable {
    /// Nothing that is known.
    case whole
    /// Parts of it could not be decoded and were concealed.
    case concealed
    /// It could not be decoded; the picture of another time stands in for it.
    case standIn
}

/// What a decoder attached to a frame besides pixels. Only the module that made it looks inside.
package protocol FrameAttachments: AnyObject, Sendable {}
