import Foundation

/// Colours for numbers, of even steps to the eye (OKLab, Björn Ottosson, 2020) and told apart by the colour-blind.
package struct ColorMap: Sendable {
    /// The colours of 0...1 in equal steps.
    package let colors: [RGB]

    /// The colour of a number.
    ///
    /// - Parameter position: 0...1; what lies outside is drawn as the nearer end, NaN as the lower one.
    package func color(_ position: Double) -> RGB {
        let last = Double(colors.count - 1)
        return colors[Int((position > 0 ? min(position, 1) : 0) * last + 0.5)]
    }

    /// From blue over white, for zero, to red; both sides are equally dark at equal distance from the middle.
    package static let diverging = ColorMap(stops: [
        Lab(lightness: 0.42, chroma: 0.14, hue: 255), Lab(lightness: 0.71, chroma: 0.10, hue: 248),
        Lab(lightness: 1, chroma: 0, hue: 0),
        Lab(lightness: 0.71, chroma: 0.13, hue: 40), Lab(lightness: 0.42, chroma: 0.145, hue: 28),
    ])

    /// From dark blue over green to light yellow, ever lighter.
    package static let rising = ColorMap(stops: [
        Lab(lightness: 0.20, chroma: 0.09, hue: 275), Lab(lightness: 0.40, chroma: 0.09, hue: 245),
        Lab(lightness: 0.60, chroma: 0.10, hue: 180), Lab(lightness: 0.80, chroma: 0.15, hue: 130),
        Lab(lightness: 0.97, chroma: 0.12, hue: 105),
    ])

    /// A colour by lightness 0...1 and the two axes green–red and blue–yellow.
    package struct Lab: Sendable {
        package let lightness: Double
        let a: Double
        let b: Double

        /// - Parameters:
        ///   - chroma: distance from grey, 0 to about 0.3.
        ///   - hue: in degrees from red by yellow.
        init(lightness: Double, chroma: Double, hue: Double) {
            self.init(lightness, chroma * cos(hue * .pi / 180), chroma * sin(hue * .pi / 180))
        }

        private init(_ lightness: Double, _ a: Double, _ b: Double) {
            self.lightness = lightness
            self.a = a
            self.b = b
        }

        package init(_ color: RGB) {
            func linear(_ code: UInt8) -> Double {
                let value = Double(code) / 255
                return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
            }
            let (red, green, blue) = (linear(color.red), linear(color.green), linear(color.blue))
            let l = cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
            let m = cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
            let s = cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
            self.init(
                0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s,
                1.9779984951 * l - 2.4285922050 * m + 0.4505937099 * s,
                0.0259040371 * l + 0.7827717662 * m - 0.8086757660 * s)
        }

        func mixed(with other: Lab, _ share: Double) -> Lab {
            Lab(
                lightness + share * (other.lightness - lightness), a + share * (other.a - a),
                b + share * (other.b - b))
        }

        /// The nearest code of sRGB; what has no code is limited channel by channel.
        var rgb: RGB {
            func cube(_ value: Double) -> Double { value * value * value }
            let l = cube(lightness + 0.3963377774 * a + 0.2158037573 * b)
            let m = cube(lightness - 0.1055613458 * a - 0.0638541728 * b)
            let s = cube(lightness - 0.0894841775 * a - 1.2914855480 * b)
            func code(_ linear: Double) -> UInt8 {
                let value = linear <= 0.0031308 ? 12.92 * linear : 1.055 * pow(linear, 1 / 2.4) - 0.055
                return UInt8((255 * min(max(value, 0), 1)).rounded())
            }
            return RGB(
                code(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
                code(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
                code(-0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s))
        }
    }

    private static let steps = 257

    private init(stops: [Lab]) {
        colors = (0..<Self.steps).map { step in
            let place = Double(step * (stops.count - 1)) / Double(Self.steps - 1)
            let index = min(Int(place), stops.count - 2)
            return stops[index].mixed(with: stops[index + 1], place - Double(index)).rgb
        }
    }
}
